#include "tools/gradus/commands/table_options.h"

namespace gradus::command {

void add_table_options(CLI::App& sub, TableOptions& options) {
  sub.add_option("--separator", options.separator,
                 "between fields: a character or 'tab'; by default what divides the first lines evenly")
      ->type_name("CHAR");
  sub.add_option("--decimal", options.decimal,
                 "before decimals: . or , ; by default a comma where numbers make no sense otherwise")
      ->type_name("CHAR");
  sub.add_option("--header", options.header, "whether the first row holds names: auto, yes or no")
      ->capture_default_str();
}

void add_columns(CLI::App& sub, const std::string& name, std::vector<std::string>& columns, const std::string& help) {
  sub.add_option(name, columns, help)->delimiter(',')->allow_extra_args(false)->type_name("COLUMNS");
}

}  // namespace gradus::command
