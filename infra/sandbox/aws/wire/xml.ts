import { XmlCodec } from "@aws-sdk/core/protocols";
import { NormalizedSchema } from "@smithy/core/schema";
import type { $SchemaRef, StaticStructureSchema } from "@smithy/types";
import { AwsError } from "../kernel.ts";

/** XML in both directions by the SDK's own codec. */

/** 5 is Smithy's "date-time" (ISO 8601), XML's default form of a timestamp. */
const dateTime = 5;

const codecs = new Map<string, XmlCodec>();
function codecFor(xmlNamespace: string): XmlCodec {
  const known = codecs.get(xmlNamespace);
  if (known) return known;
  const codec = new XmlCodec({
    timestampFormat: { useTrait: true, default: dateTime },
    xmlNamespace,
    serviceNamespace: "",
  });
  codecs.set(xmlNamespace, codec);
  return codec;
}

/** A structure made up for an envelope, e.g. `DescribeStacksResponse` around a modelled result. */
export function envelope(name: string, members: readonly (readonly [string, $SchemaRef])[]): NormalizedSchema {
  const schema: StaticStructureSchema = [
    3,
    "",
    name,
    0,
    members.map(([member]) => member),
    members.map(([, member]) => member),
  ];
  return NormalizedSchema.of(schema);
}

export function xmlText(schema: NormalizedSchema, value: unknown, xmlNamespace: string): string {
  const serializer = codecFor(xmlNamespace).createSerializer();
  serializer.write(schema, value);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${String(serializer.flush())}`;
}

/** @throws AwsError MalformedXML */
export function xmlValue(schema: NormalizedSchema, bytes: Buffer): unknown {
  try {
    const value: unknown = codecFor("").createDeserializer().read(schema, bytes);
    return value;
  } catch {
    throw new AwsError("MalformedXML", "The XML you provided was not well-formed or did not validate.");
  }
}
