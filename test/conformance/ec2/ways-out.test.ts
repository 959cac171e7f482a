import { EC2 } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ec2 } from "../../../infra/sandbox/aws/services/ec2/service.ts";
import { startTarget, type Target } from "../target.ts";
import { Networks } from "./networks.ts";

let target: Target;
let client: EC2;
const networks = new Networks(() => client);
beforeAll(async () => {
  target = await startTarget([ec2]);
  client = new EC2(target.config);
});
afterAll(() => target.stop());

const named = (name: string) => ({ name });
const ANYWHERE = "0.0.0.0/0";

test("CreateInternetGateway: attached to nothing at first", async () => {
  const { InternetGateway } = await client.createInternetGateway({});
  await client.deleteInternetGateway({ InternetGatewayId: InternetGateway?.InternetGatewayId });
  expect(InternetGateway?.Attachments ?? []).toEqual([]);
});

test("AttachInternetGateway: to one VPC", () =>
  networks.withGateway(async (InternetGatewayId, VpcId) => {
    const again = client.attachInternetGateway({ InternetGatewayId, VpcId });
    await expect(again).rejects.toMatchObject(named("Resource.AlreadyAssociated"));
  }));

test("DescribeInternetGateways: where it is attached", () =>
  networks.withGateway(async (id, VpcId) => {
    const { InternetGateways } = await client.describeInternetGateways({ InternetGatewayIds: [id] });
    expect(InternetGateways?.[0]?.Attachments).toEqual([{ State: "available", VpcId }]);
  }));

test("DetachInternetGateway: it is attached nowhere again", () =>
  networks.withGateway(async (InternetGatewayId, VpcId) => {
    await client.detachInternetGateway({ InternetGatewayId, VpcId });
    const again = client.detachInternetGateway({ InternetGatewayId, VpcId });
    await expect(again).rejects.toMatchObject(named("Gateway.NotAttached"));
  }));

test("DeleteInternetGateway: not while it is attached", () =>
  networks.withGateway(async (InternetGatewayId) => {
    const deleted = client.deleteInternetGateway({ InternetGatewayId });
    await expect(deleted).rejects.toMatchObject(named("DependencyViolation"));
  }));

const routes = async (id: string) =>
  (await client.describeRouteTables({ RouteTableIds: [id] })).RouteTables?.[0]?.Routes ?? [];

test("CreateRouteTable: knows the way within the VPC", () =>
  networks.withRouteTable(async (id) => {
    expect(await routes(id)).toMatchObject([{ DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local" }]);
  }));

test("DescribeRouteTables: a VPC has a main one", () =>
  networks.withVpc(async (VpcId) => {
    const { RouteTables } = await client.describeRouteTables({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] });
    expect(RouteTables?.map(({ Associations }) => Associations?.[0]?.Main)).toEqual([true]);
  }));

/** A VPC with a gateway and a route table of its own. */
const withWayOut = (run: (RouteTableId: string, GatewayId: string, VpcId: string) => Promise<void>) =>
  networks.withGateway(async (GatewayId, VpcId) => {
    const { RouteTable } = await client.createRouteTable({ VpcId });
    const RouteTableId = RouteTable?.RouteTableId ?? "";
    await run(RouteTableId, GatewayId, VpcId).finally(() => client.deleteRouteTable({ RouteTableId }));
  });

test("CreateRoute: one per destination", () =>
  withWayOut(async (RouteTableId, GatewayId) => {
    const route = { RouteTableId, GatewayId, DestinationCidrBlock: ANYWHERE };
    await client.createRoute(route);
    await expect(client.createRoute(route)).rejects.toMatchObject(named("RouteAlreadyExists"));
    expect((await routes(RouteTableId)).map((one) => one.GatewayId)).toEqual(["local", GatewayId]);
  }));

test("ReplaceRoute: only one that exists", () =>
  withWayOut(async (RouteTableId, GatewayId) => {
    const route = { RouteTableId, GatewayId, DestinationCidrBlock: ANYWHERE };
    await expect(client.replaceRoute(route)).rejects.toThrow();
    await client.createRoute(route);
    await client.replaceRoute(route);
    expect(await routes(RouteTableId)).toHaveLength(2);
  }));

test("DeleteRoute: is gone", () =>
  withWayOut(async (RouteTableId, GatewayId) => {
    await client.createRoute({ RouteTableId, GatewayId, DestinationCidrBlock: ANYWHERE });
    await client.deleteRoute({ RouteTableId, DestinationCidrBlock: ANYWHERE });
    await expect(client.deleteRoute({ RouteTableId, DestinationCidrBlock: ANYWHERE })).rejects.toMatchObject(
      named("InvalidRoute.NotFound"),
    );
  }));

/** A subnet with a route table of its own. */
const withAssociation = (run: (AssociationId: string, RouteTableId: string, VpcId: string) => Promise<void>) =>
  networks.withSubnet(async (SubnetId, VpcId) => {
    const { RouteTable } = await client.createRouteTable({ VpcId });
    const RouteTableId = RouteTable?.RouteTableId ?? "";
    const { AssociationId = "" } = await client.associateRouteTable({ RouteTableId, SubnetId });
    try {
      await run(AssociationId, RouteTableId, VpcId);
    } finally {
      await client.disassociateRouteTable({ AssociationId }).catch(() => undefined);
      await client.deleteRouteTable({ RouteTableId });
    }
  });

const associations = async (id: string) =>
  (await client.describeRouteTables({ RouteTableIds: [id] })).RouteTables?.[0]?.Associations ?? [];

test("AssociateRouteTable: the subnet follows it", () =>
  withAssociation(async (id, RouteTableId) => {
    expect((await associations(RouteTableId)).map((one) => one.RouteTableAssociationId)).toEqual([id]);
  }));

test("ReplaceRouteTableAssociation: the subnet follows another", () =>
  withAssociation(async (AssociationId, RouteTableId, VpcId) => {
    const other = (await client.createRouteTable({ VpcId })).RouteTable?.RouteTableId ?? "";
    const { NewAssociationId } = await client.replaceRouteTableAssociation({ AssociationId, RouteTableId: other });
    expect([await associations(RouteTableId), (await associations(other)).length]).toEqual([[], 1]);
    await client.disassociateRouteTable({ AssociationId: NewAssociationId });
    await client.deleteRouteTable({ RouteTableId: other });
  }));

test("DisassociateRouteTable: the subnet follows the main one again", () =>
  withAssociation(async (AssociationId, RouteTableId) => {
    await client.disassociateRouteTable({ AssociationId });
    expect(await associations(RouteTableId)).toEqual([]);
  }));

test("DeleteRouteTable: not while a subnet follows it", () =>
  withAssociation(async (_, RouteTableId) => {
    const deleted = client.deleteRouteTable({ RouteTableId });
    await expect(deleted).rejects.toMatchObject(named("DependencyViolation"));
  }));

/** An elastic address that is given back after the test. */
async function withAddress(run: (AllocationId: string) => Promise<void>): Promise<void> {
  const { AllocationId = "" } = await client.allocateAddress({ Domain: "vpc" });
  await run(AllocationId).finally(() => client.releaseAddress({ AllocationId }).catch(() => undefined));
}

test("AllocateAddress: a public one", async () => {
  const { AllocationId, PublicIp } = await client.allocateAddress({ Domain: "vpc" });
  await client.releaseAddress({ AllocationId });
  expect(PublicIp).toMatch(/^(\d{1,3}\.){3}\d{1,3}$/);
});

test("DescribeAddresses: by allocation", () =>
  withAddress(async (id) => {
    const { Addresses } = await client.describeAddresses({ AllocationIds: [id] });
    expect(Addresses).toMatchObject([{ AllocationId: id, Domain: "vpc" }]);
  }));

test("ReleaseAddress: is gone", () =>
  withAddress(async (AllocationId) => {
    await client.releaseAddress({ AllocationId });
    await expect(client.releaseAddress({ AllocationId })).rejects.toMatchObject(named("InvalidAllocationID.NotFound"));
  }));

/** A NAT gateway in a subnet; at AWS its deletion takes a minute, so one test covers its life. */
test(
  "CreateNatGateway, DescribeNatGateways, DeleteNatGateway: with a public address",
  () =>
    networks.withGateway(async (_, VpcId) => {
      const { Subnet } = await client.createSubnet({ VpcId, CidrBlock: "10.0.2.0/24" });
      const SubnetId = Subnet?.SubnetId;
      await withAddress(async (AllocationId) => {
        const { NatGateway } = await client.createNatGateway({ SubnetId, AllocationId });
        const NatGatewayId = NatGateway?.NatGatewayId ?? "";
        const found = await client.describeNatGateways({ NatGatewayIds: [NatGatewayId] });
        expect(found.NatGateways?.[0]?.NatGatewayAddresses?.[0]?.AllocationId).toBe(AllocationId);
        await client.deleteNatGateway({ NatGatewayId });
        await deleted(NatGatewayId);
      });
      await client.deleteSubnet({ SubnetId });
    }),
  300_000,
);

test("DescribeNatGateways: an unknown one is an error", async () => {
  const found = client.describeNatGateways({ NatGatewayIds: ["nat-00000000000000000"] });
  await expect(found).rejects.toMatchObject(named("NatGatewayNotFound"));
});

test("DeleteNatGateway: an unknown one is an error", async () => {
  const gone = client.deleteNatGateway({ NatGatewayId: "nat-00000000000000000" });
  await expect(gone).rejects.toMatchObject(named("NatGatewayNotFound"));
});

async function deleted(id: string): Promise<void> {
  for (;;) {
    const { NatGateways } = await client
      .describeNatGateways({ NatGatewayIds: [id] })
      .catch(() => ({ NatGateways: [] }));
    if (!NatGateways?.[0] || NatGateways[0].State === "deleted") return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** A gateway endpoint of S3 that is gone after the test. */
const withEndpoint = (run: (VpcEndpointId: string, RouteTableId: string) => Promise<void>) =>
  networks.withRouteTable(async (RouteTableId, VpcId) => {
    const ServiceName = `com.amazonaws.${await client.config.region()}.s3`;
    const { VpcEndpoint } = await client.createVpcEndpoint({ VpcId, ServiceName, RouteTableIds: [RouteTableId] });
    const VpcEndpointId = VpcEndpoint?.VpcEndpointId ?? "";
    await run(VpcEndpointId, RouteTableId).finally(() =>
      client.deleteVpcEndpoints({ VpcEndpointIds: [VpcEndpointId] }),
    );
  });

const endpoint = async (id: string) => (await client.describeVpcEndpoints({ VpcEndpointIds: [id] })).VpcEndpoints?.[0];

test("CreateVpcEndpoint: a gateway unless told otherwise", () =>
  withEndpoint(async (id, RouteTableId) => {
    expect(await endpoint(id)).toMatchObject({ VpcEndpointType: "Gateway", RouteTableIds: [RouteTableId] });
  }));

test("DescribeVpcEndpoints: its policy allows everything at first", () =>
  withEndpoint(async (id) => {
    expect(JSON.parse((await endpoint(id))?.PolicyDocument ?? "").Statement[0].Effect).toBe("Allow");
  }));

test("ModifyVpcEndpoint: a policy of one's own", () =>
  withEndpoint(async (VpcEndpointId) => {
    const Statement = [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await client.modifyVpcEndpoint({ VpcEndpointId, PolicyDocument });
    expect(JSON.parse((await endpoint(VpcEndpointId))?.PolicyDocument ?? "").Statement[0].Action).toBe("s3:GetObject");
  }));

test("DeleteVpcEndpoints: says which could not be deleted", async () => {
  const { Unsuccessful } = await client.deleteVpcEndpoints({ VpcEndpointIds: ["vpce-00000000000000000"] });
  expect(Unsuccessful?.[0]).toMatchObject({ ResourceId: "vpce-00000000000000000" });
});
