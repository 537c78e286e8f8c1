// SPDX-License-Identifier: Apache-2.0
#include "train/recipe.h"

#include <algorithm>
#include <limits>

#include "base/ids.h"
#include "data/json.h"
#include "data/yaml/yaml.h"
#include "feature/pipeline.h"
#include "train/field_reader.h"
#include "train/trainer.h"

namespace skerry::train {
namespace {

// A file below the data folder: a recipe comes from outside and must not reach elsewhere.
void check_relative(FieldReader& fields, std::string_view key, const std::string& path) {
  if (path.empty()) return;
  std::string rest = "/" + path + "/";
  if (path.front() == '/' || rest.find("/../") != std::string::npos ||
      path.find('\0') != std::string::npos) {
    fields.problem(key, "must be a file below the data folder");
  }
}

void read_entities(const json::Object* object, Problems& problems, EntitySelection& out) {
  if (object == nullptr) return;
  FieldReader fields(*object, "source.entities", problems);
  out.names = fields.texts("names");
  out.first = fields.integer("first", 1, 1'000'000'000, 0);
  out.last = fields.integer("last", 1, 1'000'000'000, 0);
  if (!out.names.empty() && (out.first != 0 || out.last != 0)) {
    problems.add("source.entities", "takes names or a range, not both");
  }
  if (out.last != 0 && out.first > out.last) fields.problem("first", "is above last");
  fields.finish();
}

void read_columns(const json::Object* object, Problems& problems, Source& out) {
  if (object == nullptr) return;
  FieldReader fields(*object, "source.columns", problems);
  out.asset_column = fields.text("asset", "");
  out.life_column = fields.text("life", "");
  out.time_column = fields.text("time", "");
  if (!out.life_column.empty() && out.asset_column.empty()) {
    fields.problem("life", "needs an asset column");
  }
  fields.finish();
}

void read_rename(const json::Object* object, Problems& problems, Source& out) {
  if (object == nullptr) return;
  for (const auto& member : *object) {
    const std::string column(member.key());
    if (!member.value().is_string() || member.value().get_string().empty()) {
      problems.add("source.rename." + column, "is not a sensor name");
      continue;
    }
    out.rename.emplace(column, std::string(member.value().get_string().c_str()));
  }
}

Source read_source(const json::Object& object, Problems& problems) {
  Source source;
  FieldReader fields(object, "source", problems);
  source.notice = fields.text("notice", "");
  read_entities(fields.mapping("entities", false), problems, source.entities);
  if (fields.choice("format", {"csv", "cmapss"}) == "cmapss") {
    source.format = Source::Format::kCmapss;
    source.subset = fields.choice("subset", {"FD001", "FD002", "FD003", "FD004"});
  } else {
    source.file = fields.text("file");
    check_relative(fields, "file", source.file);
    read_columns(fields.mapping("columns", false), problems, source);
    read_rename(fields.mapping("rename", false), problems, source);
  }
  fields.finish();
  return source;
}

RunToFailureTarget read_run_to_failure(const json::Object& object, Problems& problems) {
  RunToFailureTarget target;
  FieldReader fields(object, "target.run_to_failure", problems);
  const std::string clock = fields.text("clock", "rows");
  if (clock == "seconds") {
    target.clock = RunToFailureTarget::Clock::kSeconds;
  } else if (clock != "rows") {
    target.clock = RunToFailureTarget::Clock::kField;
    target.field = clock;
  }
  target.cap = fields.number("cap", {.low = 0, .low_open = true}, target.cap);
  if (const json::Object* failure = fields.mapping("failure", false)) {
    FieldReader mark(*failure, "target.run_to_failure.failure", problems);
    target.failure_column = mark.text("column");
    target.failure_value = mark.cell("value");
    if (target.failure_value.empty()) mark.problem("value", "is missing");
    mark.finish();
  }
  fields.finish();
  return target;
}

void read_target(const json::Object& object, Problems& problems, Recipe& recipe) {
  FieldReader fields(object, "target", problems);
  const json::Object* life = fields.mapping("run_to_failure", false);
  const std::string column = fields.text("column", "");
  const std::string positive = fields.cell("positive");
  if ((life != nullptr) == !column.empty()) {
    problems.add("target", "takes one of column and run_to_failure");
  }
  if (life != nullptr) {
    recipe.target = read_run_to_failure(*life, problems);
    if (!positive.empty()) fields.problem("positive", "belongs to a column target");
  } else {
    recipe.target = ColumnTarget{column, positive};
  }
  fields.finish();
}

Split read_split(const json::Object& object, Problems& problems) {
  Split split;
  FieldReader fields(object, "split", problems);
  const std::string by = fields.choice("by", {"entity", "time", "row", "file"});
  split.by = by == "time"   ? Split::By::kTime
             : by == "row"  ? Split::By::kRow
             : by == "file" ? Split::By::kFile
                            : Split::By::kEntity;
  split.test_share = fields.number("test", {.low = 0.01, .high = 0.9}, split.test_share);
  split.folds = static_cast<int>(fields.integer("folds", 2, 100, 0));
  split.file = fields.text("file", "");
  check_relative(fields, "file", split.file);
  split.seed = fields.integer("seed", 0, 1'000'000'000, 0);
  split.last_rows_only = fields.choice("rows", {"all", "last"}, "all") == "last";
  if (split.folds > 0 && fields.has("test")) fields.problem("folds", "excludes test");
  if (split.by == Split::By::kRow && split.folds == 0) {
    fields.problem("folds", "is missing: rows are split into folds only");
  }
  if (split.folds > 0 && (split.by == Split::By::kTime || split.by == Split::By::kFile)) {
    fields.problem("folds", "needs a split by entity or by row");
  }
  if (split.by == Split::By::kFile && fields.has("test")) fields.problem("test", "excludes a file");
  fields.finish();
  return split;
}

void read_learner(const json::Object& object, Problems& problems, LearnerParameters& out) {
  FieldReader fields(object, "learner", problems);
  const Range positive{.low = 0, .low_open = true};
  const Range share{.low = 0, .high = 1, .low_open = true};
  out.objective = fields.choice("objective", {"reg:squarederror", "binary:logistic"});
  out.eta = fields.number("eta", share, out.eta);
  out.max_depth = static_cast<int>(fields.integer("max_depth", 1, 16, out.max_depth));
  out.subsample = fields.number("subsample", share, out.subsample);
  out.colsample_bytree = fields.number("colsample_bytree", share, out.colsample_bytree);
  out.min_child_weight = fields.number("min_child_weight", {.low = 0}, out.min_child_weight);
  out.lambda = fields.number("lambda", {.low = 0}, out.lambda);
  out.scale_pos_weight = fields.number("scale_pos_weight", positive, out.scale_pos_weight);
  out.rounds = static_cast<int>(fields.integer("rounds", 1, 100'000, out.rounds));
  out.early_stopping_rounds =
      static_cast<int>(fields.integer("early_stopping_rounds", 0, 10'000, 0));
  out.seed = fields.integer("seed", 0, 2'147'483'647, 0);
  out.threads = static_cast<int>(fields.integer("threads", 0, 1024, 0));
  fields.finish();
}

Segments read_segments(const json::Object& object, Problems& problems) {
  Segments segments;
  FieldReader fields(object, "segments", problems);
  const std::string by = fields.text("by");
  segments.by = by == "target" ? Segments::By::kTarget : Segments::By::kColumn;
  if (segments.by == Segments::By::kColumn) segments.column = by;
  segments.edges = fields.increasing("edges");
  if (segments.edges.size() > 100) fields.problem("edges", "has more than 100 numbers");
  if (segments.by == Segments::By::kTarget && segments.edges.empty()) {
    fields.problem("edges", "is missing: segments by target need bands");
  }
  fields.finish();
  return segments;
}

std::vector<Gate> read_gates(const json::Object& object, const std::vector<std::string>& metrics,
                             Problems& problems) {
  std::vector<Gate> gates;
  FieldReader fields(object, "gates", problems);
  for (const auto& metric : metrics) {
    const json::Object* bounds = fields.mapping(metric, false);
    if (bounds == nullptr) continue;
    Gate gate{.metric = metric};
    FieldReader bound(*bounds, "gates." + metric, problems);
    gate.min = bound.number("min", {}, gate.min);
    gate.max = bound.number("max", {}, gate.max);
    if (!bound.has("min") && !bound.has("max")) fields.problem(metric, "has neither min nor max");
    bound.finish();
    gates.push_back(gate);
  }
  fields.finish();
  return gates;
}

void read_features(FieldReader& fields, Recipe& recipe) {
  const json::Value* declaration = fields.value("features");
  if (declaration == nullptr) {
    fields.problem("features", "is missing");
    return;
  }
  recipe.features = *declaration;
  const auto pipeline = feature::Pipeline::parse(*declaration);
  if (!pipeline) fields.problem("features", pipeline.error().message());
}

void read_intervals(const json::Object* object, Problems& problems, Recipe& recipe) {
  if (object == nullptr) return;
  FieldReader fields(*object, "intervals", problems);
  recipe.cross_fit_folds = static_cast<int>(fields.integer("folds", 2, 20, recipe.cross_fit_folds));
  recipe.coverage = fields.number("coverage", {.low = 0.5, .high = 0.99}, recipe.coverage);
  fields.finish();
}

void read_output(const json::Object* object, Problems& problems, Recipe& recipe) {
  if (object == nullptr) return;
  FieldReader fields(*object, "output", problems);
  recipe.output_name = fields.text("name");
  if (const Status status = check_name(recipe.output_name);
      !recipe.output_name.empty() && !status) {
    fields.problem("name", status.error().message());
  }
  recipe.output_unit = fields.text("unit", "");
  fields.finish();
}

// Rules that join several parts of the document.
void check_together(const Recipe& recipe, Problems& problems) {
  const auto* life = std::get_if<RunToFailureTarget>(&recipe.target);
  const auto* column = std::get_if<ColumnTarget>(&recipe.target);
  const bool cmapss = recipe.source.format == Source::Format::kCmapss;
  const bool by_file = recipe.split.by == Split::By::kFile;
  if (life != nullptr && recipe.classification()) {
    problems.add("learner.objective", "must be a regression for a run_to_failure target");
  }
  if (column != nullptr && !column->positive.empty() && !recipe.classification()) {
    problems.add("target.positive", "needs the objective binary:logistic");
  }
  if (life != nullptr && !cmapss && recipe.source.asset_column.empty()) {
    problems.add("source.columns.asset", "is missing: run_to_failure needs lives of assets");
  }
  if (life != nullptr && life->clock == RunToFailureTarget::Clock::kSeconds &&
      recipe.source.time_column.empty()) {
    problems.add("source.columns.time", "is missing: the clock counts seconds");
  }
  if (cmapss && life == nullptr) problems.add("target", "must be run_to_failure for C-MAPSS");
  if (cmapss && by_file && life != nullptr && life->clock != RunToFailureTarget::Clock::kRows) {
    problems.add("target.run_to_failure.clock",
                 "must be rows: the C-MAPSS test file counts cycles");
  }
  if (recipe.split.by == Split::By::kTime && recipe.source.time_column.empty()) {
    problems.add("split.by", "time needs source.columns.time");
  }
  if (by_file && !cmapss && recipe.split.file.empty()) problems.add("split.file", "is missing");
  if (!recipe.split.file.empty() && (cmapss || !by_file)) {
    problems.add("split.file", "belongs to a split by file of a CSV source");
  }
  if (recipe.split.folds > 0 && recipe.learner.early_stopping_rounds > 0) {
    problems.add("learner.early_stopping_rounds",
                 "cannot be used with folds: they are the test set");
  }
}

void read_top(const json::Object& document, Problems& problems, Recipe& recipe) {
  FieldReader fields(document, "", problems);
  recipe.name = fields.text("name");
  if (const Status status = check_name(recipe.name); !recipe.name.empty() && !status) {
    fields.problem("name", status.error().message());
  }
  recipe.description = fields.text("description", "");
  if (const auto* part = fields.mapping("source", true))
    recipe.source = read_source(*part, problems);
  if (const auto* part = fields.mapping("target", true)) read_target(*part, problems, recipe);
  read_features(fields, recipe);
  recipe.allow_constant = fields.flag("allow_constant", false);
  if (const auto* part = fields.mapping("split", true)) recipe.split = read_split(*part, problems);
  if (const auto* part = fields.mapping("learner", true)) {
    read_learner(*part, problems, recipe.learner);
  }
  read_intervals(fields.mapping("intervals", false), problems, recipe);
  if (const auto* part = fields.mapping("segments", false)) {
    recipe.segments = read_segments(*part, problems);
  }
  if (const auto* part = fields.mapping("gates", false)) {
    recipe.gates = read_gates(*part, metric_keys(recipe), problems);
  }
  read_output(fields.mapping("output", true), problems, recipe);
  fields.finish();
}

}  // namespace

double Recipe::cap() const {
  const auto* life = std::get_if<RunToFailureTarget>(&target);
  return life == nullptr ? std::numeric_limits<double>::infinity() : life->cap;
}

std::vector<std::string> metric_keys(const Recipe& recipe) {
  if (recipe.classification()) return {"auc", "ap", "f1"};
  if (std::holds_alternative<RunToFailureTarget>(recipe.target)) {
    return {"rmse", "rmse_uncapped", "mae", "nasa_score"};
  }
  return {"rmse", "mae"};
}

Result<Recipe> parse_recipe(std::string_view yaml_text) {
  const json::Value document = TRY(yaml::parse(yaml_text).with("recipe"));
  const json::Object* object = TRY(json::as_object(document, "recipe"));
  Recipe recipe;
  Problems problems;
  read_top(*object, problems, recipe);
  if (problems.found.empty()) check_together(recipe, problems);
  TRY(problems.status("recipe"));
  recipe.text = std::string(yaml_text);
  recipe.digest = Digest::of(yaml_text);
  return recipe;
}

}  // namespace skerry::train
