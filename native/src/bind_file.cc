#include "bind_file.h"

#include <string_view>
#include <vector>

#include "check.h"
#include "file_layout.h"
#include "parts.h"

namespace py = pybind11;

namespace nas {
namespace {

// Turns Python's parts into ours. Some of Python's are equal, so they have fewer numbers here.
class Reader {
 public:
  explicit Reader(Parts& parts) : parts_(parts) {}

  void add(const py::tuple& part) {
    const auto kind = part[0].cast<std::string_view>();
    if (kind == "table") return ids_.push_back(parts_.table(fields(part[1])));
    if (kind == "references") return ids_.push_back(parts_.references(references(part[1])));
    const auto content = part[1].cast<std::string_view>();
    const auto count = part[2].cast<uint64_t>();
    const auto align = part[3].cast<uint8_t>();
    if (kind == "alone") return ids_.push_back(parts_.alone(content.size(), count, align, content.data()));
    if (kind == "words") return ids_.push_back(parts_.words(content));
    ids_.push_back(parts_.vector(content, count, align, kind == "text"));
  }

  PartId last() const {
    if (ids_.empty()) throw Malformed("a file must have a root");
    return ids_.back();
  }

 private:
  PartId known(const py::handle& index) const {
    const auto place = index.cast<size_t>();
    if (place >= ids_.size()) throw Malformed("a part must come before those that refer to it");
    return ids_[place];
  }

  std::vector<PartId> references(const py::handle& indices) const {
    std::vector<PartId> found;
    for (const py::handle index : indices) found.push_back(known(index));
    return found;
  }

  // A field: its number, its width (0: a reference), and its value.
  std::vector<Field> fields(const py::handle& given) const {
    std::vector<Field> found;
    for (const py::handle item : given) {
      const auto field = py::reinterpret_borrow<py::tuple>(item);
      const auto slot = field[0].cast<int32_t>();
      const auto width = field[1].cast<uint8_t>();
      if (slot < 0 || slot > Parts::kMaxSlot) throw Malformed("a field's number must be from 0 to 255");
      found.push_back(width == 0 ? Field::part(slot, known(field[2]))
                                 : Field{slot, width, false, field[2].cast<uint64_t>()});
    }
    return found;
  }

  Parts& parts_;
  std::vector<PartId> ids_;
};

}  // namespace

py::bytes write_file(const py::list& parts, const std::string& identifier) {
  if (identifier.size() != 4) throw Malformed("an identifier must have 4 characters");
  Parts collected;
  Reader reader(collected);
  for (const py::handle part : parts) reader.add(py::reinterpret_borrow<py::tuple>(part));
  return FileLayout(collected, reader.last()).write(identifier.c_str());
}

}  // namespace nas
