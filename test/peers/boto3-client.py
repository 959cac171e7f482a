"""What a team's Python scripts do with a running service: asked of the sandbox by the unmodified boto3.

Usage: boto3-client.py CLUSTER SERVICE. Prints one JSON object; the test beside it says what must be in it.
"""

import json
import sys
import time
import uuid

import boto3

cluster, service = sys.argv[1:3]
SOON = {"Delay": 1, "MaxAttempts": 60}
name = "boto3-" + uuid.uuid4().hex[:8]
seen = {}

ecs = boto3.client("ecs")
ecs.get_waiter("services_stable").wait(cluster=cluster, services=[service], WaiterConfig=SOON)
described = ecs.describe_services(cluster=cluster, services=[service])["services"][0]
seen["running"] = described["runningCount"]
tasks = ecs.get_paginator("list_tasks").paginate(cluster=cluster, serviceName=service).build_full_result()["taskArns"]
ecs.get_waiter("tasks_running").wait(cluster=cluster, tasks=tasks, WaiterConfig=SOON)
deployments = ecs.list_service_deployments(cluster=cluster, service=service)["serviceDeployments"]
seen["deployment"] = deployments[0]["status"]

elbv2 = boto3.client("elbv2")
rule = described["loadBalancers"][0]["advancedConfiguration"]["productionListenerRule"]
groups = elbv2.describe_rules(RuleArns=[rule])["Rules"][0]["Actions"][0]["ForwardConfig"]["TargetGroups"]
live = next(group["TargetGroupArn"] for group in groups if group["Weight"] > 0)
elbv2.get_waiter("target_in_service").wait(TargetGroupArn=live, WaiterConfig=SOON)
seen["health"] = elbv2.describe_target_health(TargetGroupArn=live)["TargetHealthDescriptions"][0]["TargetHealth"]["State"]

cloudformation = boto3.client("cloudformation")
template = {"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": f"/{name}", "Type": "String", "Value": "one"}}}}
cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=SOON)
seen["parameter"] = boto3.client("ssm").get_parameter(Name=f"/{name}")["Parameter"]["Value"]
cloudformation.delete_stack(StackName=name)
cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=SOON)

s3 = boto3.resource("s3")
bucket = s3.create_bucket(Bucket=name)
bucket.put_object(Key="folder/é.txt", Body="größer".encode())
seen["object"] = next(iter(bucket.objects.all())).get()["Body"].read().decode()
bucket.objects.delete()
bucket.delete()

secrets = boto3.client("secretsmanager")
secrets.create_secret(Name=name, SecretString="hidden")
seen["secret"] = secrets.get_secret_value(SecretId=name)["SecretString"]
secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)

logs = boto3.client("logs")
logs.create_log_group(logGroupName=name)
logs.create_log_stream(logGroupName=name, logStreamName="one")
event = {"timestamp": int(time.time() * 1000), "message": "hello"}
logs.put_log_events(logGroupName=name, logStreamName="one", logEvents=[event])
seen["log"] = logs.get_log_events(logGroupName=name, logStreamName="one", startFromHead=True)["events"][0]["message"]
logs.delete_log_group(logGroupName=name)

try:
    ecs.describe_services(cluster="nobody", services=["x"])
except ecs.exceptions.ClusterNotFoundException as error:
    seen["error"] = error.response["Error"]["Message"]

print(json.dumps(seen))
