// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/linereader.h"
#include "model/link/openvpn/parser.h"
#include "tests/bench/bench.h"
#include "tests/bench/status3data.h"

#include <vector>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

constexpr std::size_t kClients = 10'000;
/// As much as is read from a socket at a time.
constexpr qsizetype kChunk = 64 * 1024;

struct Counters
{
    quint64 bytesIn = 0;
    quint64 bytesOut = 0;
};

/// From the socket's bytes to the counters of each client.
std::size_t readByteCounts(const QByteArray &text, std::vector<Counters> &table)
{
    openvpn::LineReader reader;
    openvpn::Parser parser;
    std::vector<openvpn::Event> events;
    std::size_t stored = 0;
    for (qsizetype at = 0; at < text.size(); at += kChunk) {
        reader.append(QByteArrayView(text).sliced(at, std::min(kChunk, text.size() - at)));
        while (const auto line = reader.next()) {
            events.clear();
            parser.read(*line, events);
            for (const auto &each : events) {
                const auto *count = std::get_if<openvpn::ByteCount>(&each);
                if (!count || count->cid.value >= static_cast<qint64>(table.size()))
                    continue;
                table[static_cast<std::size_t>(count->cid.value)] = {count->bytesIn, count->bytesOut};
                ++stored;
            }
        }
    }
    return stored;
}

void measureC7(Report &report)
{
    const auto lines = report.size(2'000'000, 20'000);
    const auto text = makeByteCounts(lines, kClients);
    std::vector<Counters> table(kClients);
    std::size_t stored = 0;
    Samples samples;
    for (int round = 0; round < 7; ++round)
        samples.add(timed([&] { stored = readByteCounts(text, table); }) / static_cast<double>(lines));
    report.check(stored == lines && table.back().bytesIn > 0, u"C7"_s, u"lines are missing"_s);
    constexpr double kNanosecondsALine = 200; // 5 million a second
    report.addLimit(u"C7"_s, u">BYTECOUNT_CLI lines from 64 KiB reads into the table"_s, durationText(samples.median()),
                    samples.median(), kNanosecondsALine, u"<= 200 ns (5 M/s)"_s);
}

const Registration c7(u"C7"_s, &measureC7);

} // namespace

} // namespace interlock::bench
