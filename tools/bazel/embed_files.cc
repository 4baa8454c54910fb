// Writes C++ that holds the bytes of files:
//   embed_files FUNCTION HEADER OUTPUT_STEM FILE...
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "cannot read '%s'\n", path.c_str());
    std::exit(1);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

// A literal in lines of 32 bytes, every byte in octal: three digits end it.
void WriteLiteral(const std::string& bytes, std::ofstream& out) {
  out << "\"";
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && i % 32 == 0) out << "\"\n\"";
    char octal[8];
    std::snprintf(octal, sizeof(octal), "\\%03o",
                  static_cast<unsigned char>(bytes[i]));
    out << octal;
  }
  out << "\"";
}

void WriteHeader(const std::string& function, const std::string& path) {
  std::ofstream out(path);
  out << "#pragma once\n"
         "#include \"absl/types/span.h\"\n"
         "#include \"tools/bazel/embedded_file.h\"\n"
         "namespace phoenix {\n"
         "absl::Span<const EmbeddedFile> "
      << function << "();\n}\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const std::string function = argv[1];
  const std::string stem = argv[3];
  WriteHeader(function, stem + ".h");
  std::ofstream out(stem + ".cc");
  out << "#include \"" << argv[2] << "\"\nnamespace phoenix {\n"
      << "absl::Span<const EmbeddedFile> " << function << "() {\n"
      << "  static constexpr EmbeddedFile kFiles[] = {\n";
  for (int i = 4; i < argc; ++i) {
    const std::string bytes = Read(argv[i]);
    out << "{\"" << argv[i] << "\", std::string_view(\n";
    WriteLiteral(bytes, out);
    out << ", " << bytes.size() << ")},\n";
  }
  out << "};\n  return kFiles;\n}\n}\n";
  return out.good() ? 0 : 1;
}
