// SPDX-License-Identifier: Apache-2.0
#include "data/table.h"

#include <gtest/gtest.h>

#include <string>

namespace skerry {
namespace {

Table table() {
  Table out;
  EXPECT_TRUE(out.add({"cycle", Table::Numbers{1, 2}}).ok());
  EXPECT_TRUE(out.add({"grade", Table::Texts{"L", "H"}}).ok());
  return out;
}

TEST(Table, GivesColumnsByNameAndKind) {
  const Table t = table();
  EXPECT_EQ(t.rows(), 2u);
  EXPECT_EQ(t.columns().size(), 2u);
  EXPECT_TRUE(t.has("cycle"));
  EXPECT_FALSE(t.has("Cycle"));
  EXPECT_EQ(**t.numbers("cycle"), (Table::Numbers{1, 2}));
  EXPECT_EQ(**t.texts("grade"), (Table::Texts{"L", "H"}));
  EXPECT_EQ(Table().rows(), 0u);
}

TEST(Table, SaysWhatIsWrongWithAColumn) {
  const Table t = table();
  EXPECT_EQ(t.numbers("cycl").error().message(),
            "column \"cycl\" is missing; did you mean \"cycle\"?");
  EXPECT_EQ(t.texts("pressure").error().message(), "column \"pressure\" is missing");
  EXPECT_EQ(t.numbers("grade").error().message(), "column \"grade\" is text, not numbers");
  EXPECT_EQ(t.texts("cycle").error().message(), "column \"cycle\" is numbers, not text");
  EXPECT_EQ(t.texts("cycle").error().code(), Code::kInvalidArgument);
}

TEST(Table, RefusesAColumnThatDoesNotFitAndStaysAsItWas) {
  Table t = table();
  EXPECT_EQ(t.add({"cycle", Table::Numbers{3, 4}}).error().message(),
            "column \"cycle\" is repeated");
  EXPECT_EQ(t.add({"short", Table::Texts{"x"}}).error().message(),
            "column \"short\" has 1 cells, the table has 2 rows");
  EXPECT_EQ(t.columns().size(), 2u);
  EXPECT_EQ(t.rows(), 2u);
}

}  // namespace
}  // namespace skerry
