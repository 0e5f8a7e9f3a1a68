// SPDX-License-Identifier: GPL-3.0-or-later
// A status of every session, from bytes to the registry (PERF:C2).
#include "model/engine/sessionregistry.h"
#include "model/link/openvpn/status3.h"
#include "tests/bench/bench.h"
#include "tests/bench/status3data.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock::bench {

namespace {

/// The status a while later: traffic of every client, as each counter has another digit.
QByteArray withTraffic(QByteArray text)
{
    for (qsizetype begin = text.indexOf("CLIENT_LIST\tbranch"); begin >= 0;
         begin = text.indexOf("\nCLIENT_LIST\tbranch", begin + 1)) {
        qsizetype field = begin;
        for (int tabs = 0; tabs < 5; ++tabs)
            field = text.indexOf('\t', field) + 1;
        text[field] = text[field] == '9' ? '8' : static_cast<char>(text[field] + 1);
    }
    return text;
}

void measure(Report &report, Routes routes, const QString &what)
{
    const auto clients = report.size(100'000, 2'000);
    const std::array texts{makeStatus(clients, routes), withTraffic(makeStatus(clients, routes))};
    SessionRegistry registry(*InstanceName::parse(u"vpn"));
    Timestamp now = Timestamp::fromMilliseconds(1'795'291'019'000);
    double first = 0;
    {
        const auto snapshot = openvpn::parseStatus3(texts[1]);
        first = timed([&] { (void)registry.reconcile(*snapshot, now); });
    }
    std::size_t turn = 0;
    std::size_t differences = 0;
    Expected<openvpn::StatusSnapshot> snapshot;
    const Pair pair = interleaved(
        static_cast<int>(report.size(11, 2)),
        [&] {
            const QByteArray &text = texts[turn++ % 2];
            now = now + 2s;
            snapshot = {};
            return timed([&] {
                snapshot = openvpn::parseStatus3(text);
                const auto difference = registry.reconcile(*snapshot, now);
                differences += difference.appeared.size() + difference.gone.size();
            });
        },
        [&] {
            const QByteArray &text = texts[turn % 2];
            snapshot = {};
            return timed([&] { snapshot = openvpn::parseStatus3(text); });
        });
    for (const QByteArray &text : texts) {
        now = now + 2s;
        (void)registry.reconcile(*openvpn::parseStatus3(text), now);
    }
    std::size_t busy = 0;
    registry.forEach([&](const LiveSession &session) {
        const bool isBusy = session.fact.rateIn + session.fact.rateOut > 0;
        busy += isBusy && session.fact.installed.size() == 1 ? 1U : 0U;
    });
    report.check(registry.size() == clients && differences == 0, u"C2"_s, u"sessions come or go, "_s + what);
    report.check(busy > clients / 3, u"C2"_s, u"traffic is not seen, "_s + what);
    report.addAtMost(u"C2"_s,
                     u"status 3 of %1 clients: parse, diff and publish to the registry, %2"_s.arg(clients).arg(what),
                     u"parse alone"_s, pair, 1, 2);
    report.add({u"C2"_s, u"the first status of them, without parsing, "_s + what, durationText(first), {}, 0, {}, {}});
}

void measureC2(Report &report)
{
    measure(report, Routes::IPv4, u"IPv4 routes"_s);
    measure(report, Routes::IPv6, u"IPv6 routes"_s);
}

const Registration c2(u"C2"_s, &measureC2);

} // namespace

} // namespace interlock::bench
