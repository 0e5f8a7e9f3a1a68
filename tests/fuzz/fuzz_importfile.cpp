// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/exportfile.h"
#include "model/rules/importfile.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>

using namespace interlock;

namespace {

ImportFile read(const QByteArray &bytes, qsizetype pieceSize)
{
    ImportReader reader;
    for (qsizetype at = 0; at < bytes.size(); at += pieceSize) {
        if (!reader.feed(QByteArrayView(bytes).sliced(at, std::min(pieceSize, bytes.size() - at))))
            break;
    }
    return reader.finish();
}

QByteArray written(bool (*write)(const ExportRows &, const TakeBytes &), const ExportRows &rows)
{
    QByteArray bytes;
    write(rows, [&](const QByteArray &piece) {
        bytes += piece;
        return true;
    });
    return bytes;
}

} // namespace

/// ImportReader: the pieces of a file make no difference, every problem has a line and a reason, and what was read
/// comes back from an export in both of our formats.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes = bytesOf(data, size);
    const ImportFile file = read(bytes, 4096);
    FUZZ_EXPECT(read(bytes, 3) == file);
    FUZZ_EXPECT(file.subnets.size() == file.subnetLines.size() && file.addresses.size() == file.addressLines.size());
    for (const ImportProblem &problem : file.problems)
        FUZZ_EXPECT(problem.line > 0 && !problem.reason.isEmpty() && problem.text.size() <= 80);
    const ExportRows rows{file.subnets, file.addresses};
    for (const auto write : {exportCsv, exportJson}) {
        const ImportFile again = read(written(write, rows), 4096);
        FUZZ_EXPECT(again.problems.empty() && again.subnets == file.subnets && again.addresses == file.addresses);
    }
    return 0;
}
