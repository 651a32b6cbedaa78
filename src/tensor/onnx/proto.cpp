// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The only file that sees protozero, and the only one compiled with exceptions
// here: protozero throws where the bytes end too early.
#include "tensor/onnx/proto.h"

#include <fmt/format.h>

#include <protozero/pbf_reader.hpp>

namespace hone::tensor::proto {

namespace {

using Reader = protozero::pbf_reader;
using protozero::pbf_wire_type;

// Of messages in each other: graphs in attributes, types in types.
constexpr int kDeepest = 100;

struct TooDeep {};

std::string_view view(const protozero::data_view& data) {
  return {data.data(), data.size()};
}

std::string_view text(Reader& r) { return view(r.get_view()); }

// Repeated numbers come packed into one field, or each in its own.
template <typename T, typename Packed, typename One>
void numbers(Reader& r, std::vector<T>& out, Packed packed, One one) {
  if (r.wire_type() == pbf_wire_type::length_delimited) {
    for (const auto value : packed()) out.push_back(static_cast<T>(value));
  } else {
    out.push_back(static_cast<T>(one()));
  }
}

void int64s(Reader& r, std::vector<int64_t>& out) {
  numbers(
      r, out, [&] { return r.get_packed_int64(); },
      [&] { return r.get_int64(); });
}

void floats(Reader& r, std::vector<float>& out) {
  numbers(
      r, out, [&] { return r.get_packed_float(); },
      [&] { return r.get_float(); });
}

Entry read_entry(Reader r) {
  Entry entry;
  while (r.next()) switch (r.tag()) {
      case 1:
        entry.key = text(r);
        break;
      case 2:
        entry.value = text(r);
        break;
      default:
        r.skip();
    }
  return entry;
}

Tensor read_tensor(Reader r) {
  Tensor t;
  while (r.next()) switch (r.tag()) {
      case 1:
        int64s(r, t.dims);
        break;
      case 2:
        t.data_type = r.get_int32();
        break;
      case 3:
        t.has_segment = true;
        r.skip();
        break;
      case 4:
        floats(r, t.floats);
        break;
      case 5:
        numbers(
            r, t.ints32, [&] { return r.get_packed_int32(); },
            [&] { return r.get_int32(); });
        break;
      case 6:
        t.strings.push_back(text(r));
        break;
      case 7:
        int64s(r, t.ints64);
        break;
      case 8:
        t.name = text(r);
        break;
      case 9:
        t.raw = text(r);
        break;
      case 10:
        numbers(
            r, t.doubles, [&] { return r.get_packed_double(); },
            [&] { return r.get_double(); });
        break;
      case 11:
        numbers(
            r, t.uints64, [&] { return r.get_packed_uint64(); },
            [&] { return r.get_uint64(); });
        break;
      case 13:
        t.external.push_back(read_entry(r.get_message()));
        break;
      case 14:
        t.is_external = r.get_int32() == 1;
        break;
      default:
        r.skip();
    }
  return t;
}

SparseTensor read_sparse(Reader r) {
  SparseTensor t;
  while (r.next()) switch (r.tag()) {
      case 1:
        t.values = read_tensor(r.get_message());
        break;
      case 2:
        t.indices = read_tensor(r.get_message());
        break;
      case 3:
        int64s(r, t.dims);
        break;
      default:
        r.skip();
    }
  return t;
}

void read_shape(Reader r, Type& type) {
  type.has_shape = true;
  while (r.next()) {
    if (r.tag() != 1) {
      r.skip();
      continue;
    }
    Type::Dim dim;
    Reader d = r.get_message();
    while (d.next()) switch (d.tag()) {
        case 1:
          dim.value = d.get_int64();
          break;
        case 2:
          dim.name = text(d);
          break;
        default:
          d.skip();
      }
    type.dims.push_back(dim);
  }
}

Type read_type(Reader r, int depth) {
  if (depth > kDeepest) throw TooDeep{};
  Type type;
  while (r.next()) {
    const uint32_t tag = r.tag();
    if (tag != 1 && tag != 4 && tag != 5 && tag != 7 && tag != 8 && tag != 9) {
      r.skip();
      continue;
    }
    Reader inner = r.get_message();
    type.kind = tag == 1   ? Type::Kind::Tensor
                : tag == 4 ? Type::Kind::Sequence
                : tag == 9 ? Type::Kind::Optional
                           : Type::Kind::Other;
    while (inner.next()) {
      if (type.kind == Type::Kind::Tensor && inner.tag() == 1)
        type.element = inner.get_int32();
      else if (type.kind == Type::Kind::Tensor && inner.tag() == 2)
        read_shape(inner.get_message(), type);
      else if (type.kind != Type::Kind::Tensor &&
               type.kind != Type::Kind::Other && inner.tag() == 1)
        type.item =
            std::make_shared<Type>(read_type(inner.get_message(), depth + 1));
      else
        inner.skip();
    }
  }
  return type;
}

Graph read_graph(Reader r, int depth);

Attribute read_attribute(Reader r, int depth) {
  Attribute a;
  while (r.next()) switch (r.tag()) {
      case 1:
        a.name = text(r);
        break;
      case 2:
        a.f = r.get_float();
        break;
      case 3:
        a.i = r.get_int64();
        break;
      case 4:
        a.s = text(r);
        break;
      case 5:
        a.tensor = std::make_shared<Tensor>(read_tensor(r.get_message()));
        break;
      case 6:
        a.graph =
            std::make_shared<Graph>(read_graph(r.get_message(), depth + 1));
        break;
      case 7:
        floats(r, a.floats);
        break;
      case 8:
        int64s(r, a.ints);
        break;
      case 9:
        a.strings.push_back(text(r));
        break;
      case 14:
        a.type = std::make_shared<Type>(read_type(r.get_message(), depth));
        break;
      case 20:
        a.kind = r.get_int32();
        break;
      case 21:
        a.reference = text(r);
        break;
      case 22:
        a.sparse = std::make_shared<SparseTensor>(read_sparse(r.get_message()));
        break;
      default:
        r.skip();
    }
  return a;
}

Node read_node(Reader r, int depth) {
  Node n;
  while (r.next()) switch (r.tag()) {
      case 1:
        n.inputs.push_back(text(r));
        break;
      case 2:
        n.outputs.push_back(text(r));
        break;
      case 3:
        n.name = text(r);
        break;
      case 4:
        n.op = text(r);
        break;
      case 5:
        n.attributes.push_back(read_attribute(r.get_message(), depth));
        break;
      case 7:
        n.domain = text(r);
        break;
      case 8:
        n.overload = text(r);
        break;
      default:
        r.skip();
    }
  return n;
}

ValueInfo read_value(Reader r) {
  ValueInfo v;
  while (r.next()) switch (r.tag()) {
      case 1:
        v.name = text(r);
        break;
      case 2:
        v.type = read_type(r.get_message(), 0);
        break;
      default:
        r.skip();
    }
  return v;
}

Graph read_graph(Reader r, int depth) {
  if (depth > kDeepest) throw TooDeep{};
  Graph g;
  while (r.next()) switch (r.tag()) {
      case 1:
        g.nodes.push_back(read_node(r.get_message(), depth));
        break;
      case 2:
        g.name = text(r);
        break;
      case 5:
        g.initializers.push_back(read_tensor(r.get_message()));
        break;
      case 11:
        g.inputs.push_back(read_value(r.get_message()));
        break;
      case 12:
        g.outputs.push_back(read_value(r.get_message()));
        break;
      case 13:
        g.values.push_back(read_value(r.get_message()));
        break;
      case 15:
        g.sparse_initializers.push_back(read_sparse(r.get_message()));
        break;
      default:
        r.skip();
    }
  return g;
}

OpsetImport read_opset(Reader r) {
  OpsetImport o;
  while (r.next()) switch (r.tag()) {
      case 1:
        o.domain = text(r);
        break;
      case 2:
        o.version = r.get_int64();
        break;
      default:
        r.skip();
    }
  return o;
}

Function read_function(Reader r) {
  Function f;
  while (r.next()) switch (r.tag()) {
      case 1:
        f.name = text(r);
        break;
      case 4:
        f.inputs.push_back(text(r));
        break;
      case 5:
        f.outputs.push_back(text(r));
        break;
      case 6:
        f.attributes.push_back(text(r));
        break;
      case 7:
        f.nodes.push_back(read_node(r.get_message(), 0));
        break;
      case 9:
        f.opsets.push_back(read_opset(r.get_message()));
        break;
      case 10:
        f.domain = text(r);
        break;
      case 11:
        f.defaults.push_back(read_attribute(r.get_message(), 0));
        break;
      case 13:
        f.overload = text(r);
        break;
      default:
        r.skip();
    }
  return f;
}

Model read_model(Reader r) {
  Model m;
  while (r.next()) switch (r.tag()) {
      case 1:
        m.ir_version = r.get_int64();
        break;
      case 2:
        m.producer = text(r);
        break;
      case 7:
        m.graph = read_graph(r.get_message(), 0);
        break;
      case 8:
        m.opsets.push_back(read_opset(r.get_message()));
        break;
      case 25:
        m.functions.push_back(read_function(r.get_message()));
        break;
      default:
        r.skip();
    }
  return m;
}

TestValue read_test_value(Reader r, TestValue::Kind kind, int depth) {
  if (depth > kDeepest) throw TooDeep{};
  TestValue v;
  v.kind = kind;
  if (kind == TestValue::Kind::Tensor) {
    v.tensor = read_tensor(r);
    return v;
  }
  while (r.next()) {
    const uint32_t tag = r.tag();
    using enum TestValue::Kind;
    // OptionalProto has the same numbers, and 5 and 7 mean the same.
    if (tag == 3)
      v.items.push_back(read_test_value(r.get_message(), Tensor, depth + 1));
    else if (tag == 5)
      v.items.push_back(read_test_value(r.get_message(), Sequence, depth + 1));
    else if (tag == 7)
      v.items.push_back(read_test_value(r.get_message(), Optional, depth + 1));
    else
      r.skip();  // names; sparse tensors and maps, of which no test is made
  }
  return v;
}

// Runs a reader on bytes and turns what it throws into an error.
template <typename T, typename Read>
Result<T> guarded(std::string_view bytes, std::string_view what, Read read) {
  const auto bad = [&](std::string_view why) {
    return Error(ErrorKind::Malformed,
                 fmt::format("the bytes are no {}: {}", what, why));
  };
  // protozero holds lengths in 32 bits.
  if (bytes.size() > UINT32_MAX)
    return Error(ErrorKind::Unsupported,
                 fmt::format("a {} of {} bytes; more than 4 GiB have to be in "
                             "external data",
                             what, bytes.size()));
  try {
    return read(Reader(bytes.data(), bytes.size()));
  } catch (const protozero::end_of_buffer_exception&) {
    return bad("a field goes beyond the end; is the file cut off?");
  } catch (const protozero::exception&) {
    return bad("a field that no protocol buffer has");
  } catch (const TooDeep&) {
    return bad("messages lie too deep in each other");
  } catch (const std::bad_alloc&) {
    return bad("memory for a field cannot be had");
  }
}

}  // namespace

Result<Model> parse_model(std::string_view bytes) {
  return guarded<Model>(bytes, "ONNX model", read_model);
}

Result<Tensor> parse_tensor(std::string_view bytes) {
  return guarded<Tensor>(bytes, "TensorProto", read_tensor);
}

Result<TestValue> parse_test_value(std::string_view bytes,
                                   TestValue::Kind kind) {
  return guarded<TestValue>(bytes, "value of test data", [&](Reader r) {
    return read_test_value(r, kind, 0);
  });
}

}  // namespace hone::tensor::proto
