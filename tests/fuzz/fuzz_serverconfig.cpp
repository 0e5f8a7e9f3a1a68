// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/serverconfig.h"
#include "tests/fuzz/fuzzing.h"

using namespace interlock;

/// ServerConfig: what is refused names a line of the file, and what is kept stands on the line that it names.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray content = bytesOf(data, size);
    const auto lines = static_cast<int>(content.count('\n')) + 1;
    const auto config = ServerConfig::parse(content);
    if (!config) {
        const int line = config.error().payload.value(u"line").toInt();
        FUZZ_EXPECT(line > 0 && line <= lines && !config.error().detail.isEmpty());
        return 0;
    }
    int last = 0;
    for (const ServerDirective &directive : config->directives()) {
        FUZZ_EXPECT(directive.line > last && directive.line <= lines);
        FUZZ_EXPECT(!directive.name.isEmpty() && directive.arguments.size() < 16);
        FUZZ_EXPECT(config->lastOrNull(directive.name)->line >= directive.line);
        last = directive.line + (directive.isInline ? directive.inlineLines + 1 : 0);
    }
    return 0;
}
