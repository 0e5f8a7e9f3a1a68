// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/parser.h"
#include "tests/fuzz/fuzzing.h"

#include <algorithm>

using namespace interlock;
using namespace interlock::openvpn;

namespace {

/// Events of `bytes` read in pieces of `piece` bytes.
std::vector<Event> replay(const QByteArray &bytes, qsizetype piece, AnswerShape shape)
{
    LineReader reader;
    Parser parser;
    parser.expect(shape);
    std::vector<Event> events;
    for (qsizetype at = 0; at < bytes.size(); at += piece) {
        reader.append(QByteArrayView(bytes).sliced(at, std::min(piece, bytes.size() - at)));
        while (const auto line = reader.next())
            parser.read(*line, events);
        FUZZ_EXPECT(reader.size() <= LineReader::kMaxLine + 1);
    }
    return events;
}

const ClientEnvironment *environmentOrNull(const Event &each)
{
    const auto *connected = std::get_if<ClientConnected>(&each);
    return connected ? &connected->env : nullptr;
}

} // namespace

/// LineReader and Parser: the same events however the bytes were cut, and never a password.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2)
        return 0;
    const auto piece = static_cast<qsizetype>(data[0]) + 1;
    const auto shape = static_cast<AnswerShape>(data[1] % 3);
    const auto bytes = bytesOf(data + 2, size - 2);
    const auto events = replay(bytes, bytes.size() + 1, shape);
    FUZZ_EXPECT(replay(bytes, piece, shape) == events);
    FUZZ_EXPECT(static_cast<qsizetype>(events.size()) <= bytes.size());
    for (const auto &each : events) {
        if (const auto *env = environmentOrNull(each)) {
            FUZZ_EXPECT(!env->value("password"));
            (void)env->commonName();
            (void)env->realAddress();
            (void)env->timeUnix();
        }
        if (const auto *malformed = std::get_if<Malformed>(&each))
            FUZZ_EXPECT(!malformed->what.isEmpty());
    }
    return 0;
}
