// SPDX-License-Identifier: Apache-2.0
#include "serve/oip_inference.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "data/json.h"
#include "serve/fake_runtime_test.h"
#include "serve/tensor_check.h"
#include "sys/clock.h"

namespace skerry::serve {
namespace {

AspiredVersion graph(const std::string& name, const std::string& text, std::int64_t version = 1) {
  return {name, version, "", true, [=] {
            FakeRuntime runtime;
            return load_graph(runtime, name, version, text);
          }};
}

class OipInference : public testing::Test {
 protected:
  OipInference() {
    models_.aspire({graph("sum", "sum 2", 7), graph("bytes", "echo BYTES"),
                    graph("int8", "echo INT8"), graph("bool", "echo BOOL"),
                    graph("fp16", "echo FP16"), graph("fp64", "echo FP64"),
                    graph("uint64", "echo UINT64"), graph("broken", "break")});
  }

  Result<InferReply> ask(std::string_view model, std::string_view body,
                         std::optional<std::size_t> json_bytes = std::nullopt,
                         std::string_view version = "") {
    // Shifted by one byte: nothing may lean on the alignment of a receive buffer.
    const std::string shifted = " " + std::string(body);
    InferReply reply;
    TRY(oip_infer(models_, sys::real_clock(), model, version,
                  {std::string_view(shifted).substr(1), json_bytes}, reply));
    return reply;
  }

  Error refusal(std::string_view model, std::string_view body,
                std::optional<std::size_t> json_bytes = std::nullopt) {
    const auto reply = ask(model, body, json_bytes);
    if (!reply) return reply.error();
    ADD_FAILURE() << "accepted: " << body.substr(0, 200);
    return internal_error("");
  }

  ModelRepository models_;
};

TEST_F(OipInference, AnswersJsonWithJsonAndEchoesTheId) {
  const auto reply =
      ask("sum", R"({"id":"r\"1","inputs":[{"name":"features","shape":[2,3],"datatype":"FP32",
                                  "data":[[1,2,3.25],[4,5,null]]}]})");
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_FALSE(reply->json_bytes.has_value());
  EXPECT_EQ(reply->body,
            R"({"model_name":"sum","model_version":"7","id":"r\"1","outputs":[)"
            R"({"name":"prediction","datatype":"FP32","shape":[2,1],"data":[12.5,18]},)"
            R"({"name":"margin","datatype":"FP32","shape":[2,1],"data":[12.5,18]}]})");
  EXPECT_TRUE(json::parse(reply->body).ok());
}

TEST_F(OipInference, TakesMembersInAnyOrderAndFlatData) {
  const auto reply = ask("sum", R"({"outputs":[{"name":"margin"}],"unknown":{"a":[1]},
      "inputs":[{"data":[1,1,1],"parameters":{},"datatype":"FP32","shape":[1,3],"name":"features"}]})");
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->body, R"({"model_name":"sum","model_version":"7","outputs":[)"
                         R"({"name":"margin","datatype":"FP32","shape":[1,1],"data":[6]}]})");
}

TEST_F(OipInference, TakesAndGivesBinaryTensors) {
  const std::string json =
      R"({"inputs":[{"name":"features","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":12}}],)"
      R"("outputs":[{"name":"prediction","parameters":{"binary_data":true}},{"name":"margin"}]})";
  const float values[3] = {1, 2, 3};
  const auto reply =
      ask("sum", json + std::string(reinterpret_cast<const char*>(values), 12), json.size());
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  ASSERT_TRUE(reply->json_bytes.has_value());
  EXPECT_NE(reply->body.find(R"("parameters":{"binary_data_size":4})"), std::string::npos);
  ASSERT_EQ(reply->body.size(), *reply->json_bytes + 4);
  float answer = 0;
  std::memcpy(&answer, reply->body.data() + *reply->json_bytes, 4);
  EXPECT_EQ(answer, 12.0f);
}

TEST_F(OipInference, TakesARawBodyForAModelOfOneInput) {
  const float values[6] = {1, 2, 3, 1, 1, 1};
  const auto reply = ask("sum", std::string(reinterpret_cast<const char*>(values), 24), 0);
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->body.size(), *reply->json_bytes + 16) << "two rows of two outputs";
  EXPECT_EQ(refusal("sum", "12345", 0).code(), Code::kInvalidArgument);
  EXPECT_EQ(refusal("bytes", "12345", 0).code(), Code::kInvalidArgument);
}

TEST_F(OipInference, EchoesEveryJsonType) {
  const auto data_of = [&](const char* model, const std::string& type, const std::string& data) {
    const auto reply = ask(model, R"({"inputs":[{"name":"in","shape":[2],"datatype":")" + type +
                                      R"(","data":)" + data + "}]}");
    if (!reply) return reply.error().message();
    return reply->body.substr(reply->body.find("\"data\":") + 7, data.size());
  };
  EXPECT_EQ(data_of("bytes", "BYTES", R"(["a\"b\u0001","é"])"), R"(["a\"b\u0001","é"])");
  EXPECT_EQ(data_of("int8", "INT8", "[-128,127]"), "[-128,127]");
  EXPECT_EQ(data_of("bool", "BOOL", "[true,false]"), "[true,false]");
  EXPECT_EQ(data_of("uint64", "UINT64", "[18446744073709551615,0]"), "[18446744073709551615,0]");
  EXPECT_EQ(data_of("fp64", "FP64", "[0.1,null]"), "[0.1,null]");
}

TEST_F(OipInference, CarriesHalfFloatsInBinaryAlone) {
  EXPECT_NE(
      refusal("fp16", R"({"inputs":[{"name":"in","shape":[1],"datatype":"FP16","data":[1]}]})")
          .message()
          .find("binary"),
      std::string::npos);
  const std::string json =
      R"({"parameters":{"binary_data_output":true},"inputs":[{"name":"in","shape":[1],"datatype":"FP16","parameters":{"binary_data_size":2}}]})";
  const auto reply = ask("fp16", json + std::string("\x00\x3c", 2), json.size());
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_EQ(reply->body.substr(*reply->json_bytes), std::string("\x00\x3c", 2));
}

TEST_F(OipInference, AsksForBinaryWhereBytesAreNoText) {
  std::vector<char> element;
  append_bytes_element(element, "\xff\xfe");
  const std::string json =
      R"({"inputs":[{"name":"in","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":6}}]})";
  EXPECT_NE(refusal("bytes", json + std::string(element.data(), element.size()), json.size())
                .message()
                .find("binary"),
            std::string::npos);
}

// One row for each way to get a request wrong: the model, the body, and a word the error must hold.
struct Wrong {
  const char* model;
  std::string body;
  const char* says;
};

std::string sum_input(const std::string& shape, const std::string& datatype,
                      const std::string& data) {
  return R"({"inputs":[{"name":"features","shape":)" + shape + R"(,"datatype":")" + datatype +
         R"(","data":)" + data + "}]}";
}

TEST_F(OipInference, RefusesBadRequestsAndSaysWhy) {
  const std::string good = R"({"name":"features","shape":[1,3],"datatype":"FP32","data":[1,2,3]})";
  const std::vector<Wrong> cases = {
      {"sum", "", "not valid JSON"},
      {"sum", "[]", "not a JSON object"},
      {"sum", "{}", "no inputs"},
      {"sum", R"({"inputs":{}})", "inputs is not"},
      {"sum", R"({"inputs":[]})", "\"features\" is missing"},
      {"sum", R"({"inputs":[1]})", "not an object"},
      {"sum", R"({"inputs":[{"shape":[1]}]})", "no name"},
      {"sum", R"({"inputs":[)" + good + "," + good + "]}", "given twice"},
      {"sum", R"({"inputs":[)" + good + R"(],"inputs":[)" + good + "]}", "not one array"},
      {"sum", R"({"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}]})",
       "no such input"},
      {"sum", R"({"inputs":[)" + good + R"(],"id":7})", "id is not"},
      {"sum", R"({"inputs":[)" + good + R"(],"outputs":[]})", "outputs is empty"},
      {"sum", R"({"inputs":[)" + good + R"(],"outputs":[{"name":"x"}]})", "no output"},
      {"sum", R"({"inputs":[)" + good + R"(],"outputs":[{"name":"margin"},{"name":"margin"}]})",
       "twice"},
      {"sum", R"({"inputs":[)" + good + R"(],"parameters":7})", "parameters is not"},
      {"sum", R"({"inputs":[)" + good + R"(],"parameters":{"binary_data_output":1}})",
       "not a bool"},
      {"sum", sum_input("[1,3]", "FP64", "[1,2,3]"), "FP32"},
      {"sum", sum_input("[1,3]", "FLOAT", "[1,2,3]"), "FP32"},
      {"sum", sum_input("[1,4]", "FP32", "[1,2,3,4]"), "[-1,3]"},
      {"sum", sum_input("[3]", "FP32", "[1,2,3]"), "[-1,3]"},
      {"sum", sum_input("[1,-3]", "FP32", "[1,2,3]"), "sizes"},
      {"sum", sum_input("[1,3.5]", "FP32", "[1,2,3]"), "sizes"},
      {"sum", sum_input("7", "FP32", "[1,2,3]"), "shape is not"},
      {"sum", sum_input("[1,3]", "FP32", "[1,2]"), "exactly the 3"},
      {"sum", sum_input("[1,3]", "FP32", "[1,2,3,4]"), "exactly the 3"},
      {"sum", sum_input("[1,3]", "FP32", "[1,2,1e300]"), "does not fit"},
      {"sum", sum_input("[1,3]", "FP32", "[1,2,\"3\"]"), "does not fit"},
      {"sum", sum_input("[4000000,3]", "FP32", "[1]"), "exactly"},
      {"sum", sum_input("[9223372036854775807,3]", "FP32", "[1]"), "elements"},
      {"sum", sum_input("[4294967296,4294967296,3]", "FP32", "[1]"), "elements"},
      {"sum", sum_input("[" + std::string(80, '1') + "]", "FP32", "[1]"), "JSON"},
      {"sum", R"({"inputs":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}",
       "deep"},
      {"int8", R"({"inputs":[{"name":"in","shape":[1],"datatype":"INT8","data":[128]}]})",
       "does not fit"},
      {"bool", R"({"inputs":[{"name":"in","shape":[1],"datatype":"BOOL","data":[1]}]})",
       "does not fit"},
  };
  for (const Wrong& wrong : cases) {
    const Error error = refusal(wrong.model, wrong.body);
    EXPECT_EQ(error.code(), Code::kInvalidArgument) << wrong.body.substr(0, 200);
    EXPECT_NE(error.message().find(wrong.says), std::string::npos)
        << wrong.body.substr(0, 200) << "\n"
        << error.message();
  }
}

TEST_F(OipInference, RefusesBinaryPartsThatDoNotAddUp) {
  const auto with_size = [](const std::string& size) {
    return R"({"inputs":[{"name":"features","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":)" +
           size + "}}]}";
  };
  const std::string json = with_size("12");
  EXPECT_NE(
      refusal("sum", json + "1234", json.size()).message().find("expecting 8 additional bytes"),
      std::string::npos);
  EXPECT_NE(refusal("sum", json + "0123456789abXX", json.size()).message().find("left over"),
            std::string::npos);
  EXPECT_NE(refusal("sum", json, json.size() + 1).message().find("larger than the body"),
            std::string::npos);
  for (const char* size : {"-1", "1e9", "18446744073709551615", "\"12\"", "8"}) {
    const std::string other = with_size(size);
    EXPECT_EQ(refusal("sum", other + "0123456789ab", other.size()).code(), Code::kInvalidArgument)
        << size;
  }
  const std::string both =
      R"({"inputs":[{"name":"features","shape":[1,3],"datatype":"FP32","data":[1,2,3],"parameters":{"binary_data_size":12}}]})";
  EXPECT_NE(refusal("sum", both + "0123456789ab", both.size()).message().find("exactly one"),
            std::string::npos);
  const std::string flag =
      R"({"inputs":[{"name":"in","shape":[1],"datatype":"BOOL","parameters":{"binary_data_size":1}}]})";
  EXPECT_NE(refusal("bool", flag + "\x02", flag.size()).message().find("neither 0 nor 1"),
            std::string::npos);
}

TEST_F(OipInference, SaysWhatIsNotOffered) {
  const std::string input =
      R"("inputs":[{"name":"features","shape":[1,3],"datatype":"FP32","data":[1,2,3]}])";
  for (const std::string& body :
       {"{" + input + R"(,"parameters":{"ack":"durable"}})",
        "{" + input + R"(,"parameters":{"sequence_id":5}})",
        "{" + input + R"(,"outputs":[{"name":"margin","parameters":{"classification":3}}]})",
        "{" + input +
            R"(,"outputs":[{"name":"margin","parameters":{"shared_memory_region":"r"}}]})"}) {
    EXPECT_EQ(refusal("sum", body).code(), Code::kUnimplemented) << body;
  }
  EXPECT_TRUE(
      ask("sum", "{" + input + R"(,"parameters":{"asset":"engine-1","priority":1,"mine":[1]}})")
          .ok());
}

TEST_F(OipInference, NamesUnknownModelsAndVersions) {
  const std::string body = sum_input("[1,3]", "FP32", "[1,2,3]");
  EXPECT_EQ(refusal("nobody", body).code(), Code::kNotFound);
  EXPECT_EQ(ask("sum", body, std::nullopt, "8").error().code(), Code::kNotFound);
  for (const char* version : {"x", "-1", "7x", "99999999999999999999", " 7"}) {
    EXPECT_EQ(ask("sum", body, std::nullopt, version).error().code(), Code::kInvalidArgument)
        << version;
  }
  EXPECT_TRUE(ask("sum", body, std::nullopt, "7").ok());
}

TEST_F(OipInference, CountsSuccessesRowsAndFailures) {
  ASSERT_TRUE(ask("sum", sum_input("[2,3]", "FP32", "[1,2,3,4,5,6]")).ok());
  EXPECT_EQ(refusal("sum", "{}").code(), Code::kInvalidArgument);
  EXPECT_EQ(
      refusal("broken", R"({"inputs":[{"name":"in","shape":[1],"datatype":"FP32","data":[1]}]})")
          .code(),
      Code::kInternal);
  const Totals sum = (*models_.acquire("sum"))->counters->totals();
  EXPECT_EQ(sum.requests, 1u);
  EXPECT_EQ(sum.rows, 2u);
  EXPECT_EQ(sum.rejected, 1u);
  EXPECT_EQ((*models_.acquire("broken"))->counters->totals().backend_failures, 1u);
}

TEST_F(OipInference, SurvivesEveryCutOfAGoodRequest) {
  const std::string json =
      R"({"id":"1","inputs":[{"name":"features","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":12}}]})";
  const std::string body = json + "0123456789ab";
  for (std::size_t cut = 0; cut < body.size(); ++cut) {
    EXPECT_EQ(refusal("sum", body.substr(0, cut), json.size()).code(), Code::kInvalidArgument)
        << cut;
  }
  ASSERT_TRUE(ask("sum", body, json.size()).ok());
}

}  // namespace
}  // namespace skerry::serve
