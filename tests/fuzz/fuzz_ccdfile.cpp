// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/ccdfile.h"
#include "model/rules/optionline.h"
#include "tests/fuzz/fuzzing.h"

using namespace interlock;

/// CcdFile: what is written reads back as the same values, without problems, in lines that OpenVPN reads whole.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    auto file = CcdFile::parse(bytesOf(data, size));
    if (!file)
        return 0;
    for (const CcdProblem &problem : file->problems) {
        FUZZ_EXPECT(problem.line > 0 && !problem.reason.isEmpty() && problem.text.size() <= 254);
        for (const QChar c : problem.text)
            FUZZ_EXPECT(c.category() != QChar::Other_Control);
    }
    const QByteArray text = file->toText();
    for (const QByteArray &line : text.split('\n'))
        FUZZ_EXPECT(line.size() <= kMaxOptionLine);
    file->problems.clear();
    FUZZ_EXPECT(CcdFile::parse(text) == *file);
    return 0;
}
