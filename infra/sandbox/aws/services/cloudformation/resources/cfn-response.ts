/**
 * The module `cfn-response` that AWS puts beside inline code: `send(event, context, SUCCESS | FAILED, data,
 * physicalResourceId, noEcho)` answers a custom resource's request. Source: CloudFormation user guide, "cfn-response module".
 */
export const CFN_RESPONSE = `
exports.SUCCESS = "SUCCESS";
exports.FAILED = "FAILED";
exports.send = (event, context, status, data, physicalResourceId, noEcho) => {
  const body = JSON.stringify({
    Status: status,
    Reason: "See the details in CloudWatch Log Stream: " + context.logStreamName,
    PhysicalResourceId: physicalResourceId || context.logStreamName,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    NoEcho: noEcho || false,
    Data: data,
  });
  const options = { method: "PUT", headers: { "content-type": "", "content-length": Buffer.byteLength(body) } };
  return new Promise((resolve) => {
    const request = require("https").request(new URL(event.ResponseURL), options, (response) => {
      response.resume();
      console.log("Status code: " + response.statusCode);
      context.done();
      resolve();
    });
    request.on("error", (error) => {
      console.log("send(..) failed executing https.request(..): " + error);
      context.done();
      resolve();
    });
    request.end(body);
  });
};
`;
