// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/status3.h"
#include "tests/bench/bench.h"
#include "tests/bench/status3data.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <malloc.h>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

using Row = std::vector<std::string>;

/// What one writes first: lines and fields by std::getline. It converts nothing and joins nothing.
std::vector<Row> splitByStreams(const std::string &text)
{
    std::vector<Row> rows;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        Row row;
        std::istringstream fields(line);
        for (std::string field; std::getline(fields, field, '\t');)
            row.push_back(std::move(field));
        rows.push_back(std::move(row));
    }
    return rows;
}

bool isJoined(const openvpn::StatusSnapshot &snapshot)
{
    return std::all_of(snapshot.routes().begin(), snapshot.routes().end(), [&](const openvpn::StatusRoute &route) {
        return route.client() && snapshot.clients()[*route.client()].cn() == route.cn();
    });
}

void measure(Report &report, Routes routes, const QString &what)
{
    const auto clients = report.size(100'000, 2'000);
    const auto text = makeStatus(clients, routes);
    const auto copy = text.toStdString();
    Expected<openvpn::StatusSnapshot> snapshot;
    // Neither side is to pay for the millions of small pieces that the other one gave back.
    const auto ours = [&] {
        snapshot = {};
        malloc_trim(0);
        return timed([&] { snapshot = openvpn::parseStatus3(text); });
    };
    std::size_t rows = 0;
    const auto peer = [&] {
        std::vector<Row> split;
        malloc_trim(0);
        const auto time = timed([&] { split = splitByStreams(copy); });
        rows = split.size();
        return time;
    };
    const auto pair = interleaved(7, ours, peer);
    report.check(snapshot && snapshot->malformedRows() == 0 && snapshot->clients().size() == clients &&
                     snapshot->routes().size() == 2 * clients && rows == 3 * clients + 6,
                 u"C1"_s, u"rows are missing, "_s + what);
    report.check(snapshot && isJoined(*snapshot), u"C1"_s, u"routes are not joined, "_s + what);
    report.addFaster(u"C1"_s, u"status 3 of 100,000 clients, typed and joined, "_s + what,
                     u"istringstream split, texts only"_s, pair, 1, 8);
}

void measureC1(Report &report)
{
    measure(report, Routes::IPv4, u"IPv4 routes"_s);
    measure(report, Routes::IPv6, u"IPv6 routes"_s);
}

const Registration c1(u"C1"_s, &measureC1);

} // namespace

} // namespace interlock::bench
