// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/bench.h"

#include <QStringList>

#include <algorithm>
#include <array>

namespace interlock::bench {

using namespace Qt::StringLiterals;

namespace {

QString number(double value)
{
    return QString::number(value, 'f', value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

QString timesText(double ratio)
{
    return number(ratio) + u'x';
}

constexpr std::size_t kColumns = 7;
using Row = std::array<QString, kColumns>;

Row rowOf(const Result &result)
{
    const auto verdict = !result.isMeasured ? u"**not measured**"_s
                         : !result.met      ? u"reported"_s
                         : *result.met      ? u"met"_s
                                            : u"**missed**"_s;
    return {result.id,   result.job, result.ours, result.peer, result.ratio > 0 ? timesText(result.ratio) : QString(),
            result.goal, verdict};
}

QString line(const Row &row, const std::array<qsizetype, kColumns> &widths)
{
    QStringList cells;
    for (std::size_t column = 0; column < kColumns; ++column)
        cells << row[column].leftJustified(widths[column]);
    return u"| "_s + cells.join(u" | "_s) + u" |\n"_s;
}

} // namespace

double Samples::percentile(double percent) const
{
    if (m_times.empty())
        return 0;
    auto sorted = m_times;
    const auto rank = static_cast<std::ptrdiff_t>(percent / 100 * static_cast<double>(sorted.size() - 1) + 0.5);
    std::nth_element(sorted.begin(), sorted.begin() + rank, sorted.end());
    return sorted[static_cast<std::size_t>(rank)];
}

void Report::add(Result result)
{
    m_results.push_back(std::move(result));
}

void Report::addFaster(const QString &id, const QString &job, const QString &peer, const Pair &pair, double operations,
                       double times)
{
    addCompared(id, job, peer, pair, operations);
    auto &result = m_results.back();
    result.goal = u">= %1 faster"_s.arg(timesText(times));
    result.met = result.ratio >= times;
}

void Report::addAtMost(const QString &id, const QString &job, const QString &peer, const Pair &pair, double operations,
                       double times)
{
    addCompared(id, job, peer, pair, operations);
    auto &result = m_results.back();
    result.ratio = pair.ours.median() / pair.peer.median();
    result.goal = u"<= %1 the time"_s.arg(timesText(times));
    result.met = result.ratio <= times;
}

void Report::addFasterWithin(const QString &id, const QString &job, const QString &peer, const Pair &pair, double times,
                             double nanoseconds)
{
    addCompared(id, job, peer, pair, 1);
    auto &result = m_results.back();
    result.goal = u"< %1, >= %2 faster"_s.arg(durationText(nanoseconds), timesText(times));
    result.met = result.ratio >= times && pair.ours.median() < nanoseconds;
}

void Report::addCompared(const QString &id, const QString &job, const QString &peer, const Pair &pair,
                         double operations)
{
    add({id,
         job,
         durationText(pair.ours.median() / operations),
         peer + u": "_s + durationText(pair.peer.median() / operations),
         pair.peer.median() / pair.ours.median(),
         {}});
}

void Report::addLimit(const QString &id, const QString &job, const QString &ours, double value, double limit,
                      const QString &goal)
{
    add({id, job, ours, {}, 0, goal, value <= limit});
}

void Report::addNotMeasured(const QString &id, const QString &job, const QString &goal, const QString &why)
{
    Result result{id, job, {}, why, 0, goal};
    result.isMeasured = false;
    add(std::move(result));
}

void Report::check(bool right, const QString &id, const QString &what)
{
    if (!right)
        m_wrong.push_back(id + u": "_s + what);
}

QString Report::toMarkdown() const
{
    std::vector<Row> rows{{u"id"_s, u"job"_s, u"ours"_s, u"peer"_s, u"ratio"_s, u"goal"_s, u"verdict"_s}};
    for (const auto &result : m_results)
        rows.push_back(rowOf(result));
    std::array<qsizetype, kColumns> widths{};
    for (const auto &row : rows) {
        for (std::size_t column = 0; column < kColumns; ++column)
            widths[column] = std::max(widths[column], row[column].size());
    }
    QString text;
    if (m_quick)
        text += u"Quick run: small sizes, only to see that it works. The verdicts mean nothing.\n\n"_s;
#ifndef NDEBUG
    text += u"Built without optimisation: the figures mean nothing. Use the release preset.\n\n"_s;
#endif
    text += line(rows.front(), widths);
    Row rule;
    for (std::size_t column = 0; column < kColumns; ++column)
        rule[column] = QString(widths[column], u'-');
    text += line(rule, widths);
    for (std::size_t row = 1; row < rows.size(); ++row)
        text += line(rows[row], widths);
    return text;
}

std::vector<RegisteredCase> &registeredCases()
{
    static std::vector<RegisteredCase> cases;
    return cases;
}

QString durationText(double nanoseconds)
{
    if (nanoseconds < 999.5)
        return number(nanoseconds) + u" ns"_s;
    if (nanoseconds < 999.5e3)
        return number(nanoseconds / 1e3) + u" us"_s;
    if (nanoseconds < 999.5e6)
        return number(nanoseconds / 1e6) + u" ms"_s;
    return number(nanoseconds / 1e9) + u" s"_s;
}

} // namespace interlock::bench
