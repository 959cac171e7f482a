import type { EC2 } from "@aws-sdk/client-ec2";

/** For conformance tests: pieces of a network that are gone after the test, whatever it left in them. */
export class Networks {
  readonly #client: () => EC2;

  constructor(client: () => EC2) {
    this.#client = client;
  }

  async withVpc(run: (VpcId: string) => Promise<void>): Promise<void> {
    const { Vpc } = await this.#client().createVpc({ CidrBlock: "10.0.0.0/16" });
    const VpcId = Vpc?.VpcId ?? "";
    try {
      await run(VpcId);
    } finally {
      await this.#client().deleteVpc({ VpcId });
    }
  }

  withSubnet(run: (SubnetId: string, VpcId: string) => Promise<void>): Promise<void> {
    return this.withVpc(async (VpcId) => {
      const { Subnet } = await this.#client().createSubnet({ VpcId, CidrBlock: "10.0.1.0/24" });
      const SubnetId = Subnet?.SubnetId ?? "";
      try {
        await run(SubnetId, VpcId);
      } finally {
        await this.#client().deleteSubnet({ SubnetId });
      }
    });
  }

  withGroup(run: (GroupId: string, VpcId: string) => Promise<void>): Promise<void> {
    return this.withVpc(async (VpcId) => {
      const { GroupId = "" } = await this.#client().createSecurityGroup({ GroupName: "g", Description: "g", VpcId });
      try {
        await run(GroupId, VpcId);
      } finally {
        await this.#client()
          .deleteSecurityGroup({ GroupId })
          .catch(() => undefined);
      }
    });
  }

  withRouteTable(run: (RouteTableId: string, VpcId: string) => Promise<void>): Promise<void> {
    return this.withVpc(async (VpcId) => {
      const { RouteTable } = await this.#client().createRouteTable({ VpcId });
      const RouteTableId = RouteTable?.RouteTableId ?? "";
      try {
        await run(RouteTableId, VpcId);
      } finally {
        await this.#client()
          .deleteRouteTable({ RouteTableId })
          .catch(() => undefined);
      }
    });
  }

  /** A VPC with an internet gateway attached to it. */
  withGateway(run: (InternetGatewayId: string, VpcId: string) => Promise<void>): Promise<void> {
    return this.withVpc(async (VpcId) => {
      const { InternetGateway } = await this.#client().createInternetGateway({});
      const InternetGatewayId = InternetGateway?.InternetGatewayId ?? "";
      await this.#client().attachInternetGateway({ InternetGatewayId, VpcId });
      try {
        await run(InternetGatewayId, VpcId);
      } finally {
        await this.#client()
          .detachInternetGateway({ InternetGatewayId, VpcId })
          .catch(() => undefined);
        await this.#client()
          .deleteInternetGateway({ InternetGatewayId })
          .catch(() => undefined);
      }
    });
  }
}
