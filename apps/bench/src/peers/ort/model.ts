/** @file Models of the format ONNX, of a few operators, as bytes. The field numbers are those of onnx.proto. */
import protobuf from "protobufjs";

/** One operator of a model: the names of what it reads and writes, and its attributes. */
export type Step = { readonly op: string; readonly inputs: readonly string[]; readonly outputs: readonly string[]; readonly attributes?: Readonly<Record<string, number | string | readonly number[]>> };

const field = (type: string, id: number, rule?: "repeated") => ({ type, id, ...(rule && { rule }) });
const schema = protobuf.Root.fromJSON({
  nested: {
    Model: { fields: { irVersion: field("int64", 1), graph: field("Graph", 7), opsetImport: field("Opset", 8, "repeated") } },
    Opset: { fields: { domain: field("string", 1), version: field("int64", 2) } },
    Graph: { fields: { node: field("Node", 1, "repeated"), name: field("string", 2), initializer: field("Tensor", 5, "repeated"), input: field("Value", 11, "repeated"), output: field("Value", 12, "repeated") } },
    Node: { fields: { input: field("string", 1, "repeated"), output: field("string", 2, "repeated"), opType: field("string", 4), attribute: field("Attribute", 5, "repeated") } },
    Attribute: { fields: { name: field("string", 1), f: field("float", 2), i: field("int64", 3), s: field("bytes", 4), ints: field("int64", 8, "repeated"), type: field("int32", 20) } },
    Tensor: { fields: { dims: field("int64", 1, "repeated"), dataType: field("int32", 2), floatData: field("float", 4, "repeated"), int64Data: field("int64", 7, "repeated"), name: field("string", 8) } },
    Value: { fields: { name: field("string", 1), type: field("Type", 2) } },
    Type: { fields: { tensorType: field("TensorType", 1) } },
    TensorType: { fields: { elemType: field("int32", 1), shape: field("Shape", 2) } },
    Shape: { fields: { dim: field("Dim", 1, "repeated") } },
    Dim: { fields: { dimValue: field("int64", 1) } },
  },
});
const model = schema.lookupType("Model");
const FLOAT = 1, INT64 = 7;

const attribute = (name: string, value: number | string | readonly number[]): object =>
  typeof value === "number" ? { name, i: value, type: 2 }
  : typeof value === "string" ? { name, s: Buffer.from(value), type: 3 }
  : { name, ints: value, type: 7 };

/**
 * A model whose inputs are called x0, x1 ... and whose output is "y".
 * @param constants scalars of the model, by name
 * @param lists lists of whole numbers, by name
 */
export function onnx(shapes: readonly (readonly number[])[], steps: readonly Step[], constants: Readonly<Record<string, number>> = {}, lists: Readonly<Record<string, readonly number[]>> = {}): Uint8Array {
  return model.encode(model.fromObject({
    irVersion: 9,
    opsetImport: [{ domain: "", version: 20 }],
    graph: {
      name: "workload",
      node: steps.map(({ op, inputs, outputs, attributes = {} }) => ({ opType: op, input: inputs, output: outputs, attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)) })),
      initializer: [
        ...Object.entries(constants).map(([name, value]) => ({ name, dims: [], dataType: FLOAT, floatData: [value] })),
        ...Object.entries(lists).map(([name, values]) => ({ name, dims: [values.length], dataType: INT64, int64Data: values })),
      ],
      input: shapes.map((shape, i) => ({ name: `x${i}`, type: { tensorType: { elemType: FLOAT, shape: { dim: shape.map((size) => ({ dimValue: size })) } } } })),
      output: [{ name: "y", type: { tensorType: { elemType: FLOAT } } }],
    },
  })).finish();
}
