// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace interlock::bench {

/// One row of the table.
struct Result
{
    QString id;                ///< of PERFORMANCE.md ("A5")
    QString job;               ///< what both sides did
    QString ours;              ///< what it took, with the unit
    QString peer;              ///< what was measured against in the same run, and what it took; empty without one
    double ratio = 0;          ///< in the sense of the goal; 0 without a peer
    QString goal;              ///< ">= 2x faster"; empty for a figure that is only reported
    std::optional<bool> met{}; ///< none without a goal
    bool isMeasured = true;    ///< false: `peer` says why not
};

/// Measured times of one side, in nanoseconds.
class Samples
{
public:
    void add(double nanoseconds) { m_times.push_back(nanoseconds); }
    void reserve(std::size_t count) { m_times.reserve(count); }
    /// The time that `percent` (0..100) of the samples do not exceed; 0 without samples.
    [[nodiscard]] double percentile(double percent) const;
    [[nodiscard]] double median() const { return percentile(50); }

private:
    std::vector<double> m_times;
};

/// Both sides of a comparison, measured in turns.
struct Pair
{
    Samples ours;
    Samples peer;
};

/// Collects rows and wrong results, and knows how large a run is wanted.
class Report
{
public:
    explicit Report(bool quick) : m_quick(quick) {}

    /// True for a smoke run: its sizes are small and its figures mean nothing.
    [[nodiscard]] bool isQuick() const { return m_quick; }
    /// `full`, or `quick` in a smoke run.
    [[nodiscard]] std::size_t size(std::size_t full, std::size_t quick) const { return m_quick ? quick : full; }

    void add(Result result);
    /// Adds a row whose goal is that ours is at least `times` faster than the peer, by medians.
    /// `operations` is how many of them one sample is made of; times are shown for one.
    void addFaster(const QString &id, const QString &job, const QString &peer, const Pair &pair, double operations,
                   double times);
    /// Adds a row whose goal is that ours takes at most `times` the peer's time, by medians.
    void addAtMost(const QString &id, const QString &job, const QString &peer, const Pair &pair, double operations,
                   double times);
    /// Adds a row with two goals: that ours is at least `times` faster than the peer, by medians, and takes less than
    /// `nanoseconds`.
    void addFasterWithin(const QString &id, const QString &job, const QString &peer, const Pair &pair, double times,
                         double nanoseconds);
    /// Adds a row that compares medians without a goal; the ratio is peer / ours.
    void addCompared(const QString &id, const QString &job, const QString &peer, const Pair &pair, double operations);
    /// Adds a row whose goal is that `value`, shown as `ours`, does not exceed `limit`, shown as `goal`.
    void addLimit(const QString &id, const QString &job, const QString &ours, double value, double limit,
                  const QString &goal);

    /// Adds a row that says why it could not be measured here.
    void addNotMeasured(const QString &id, const QString &job, const QString &goal, const QString &why);

    /// Both sides must agree: a false `right` makes the program fail and names `what`.
    void check(bool right, const QString &id, const QString &what);

    [[nodiscard]] const std::vector<Result> &results() const { return m_results; }
    [[nodiscard]] const std::vector<QString> &wrong() const { return m_wrong; }

    /// The table in Markdown, columns aligned so that it reads as plain text too.
    [[nodiscard]] QString toMarkdown() const;

private:
    bool m_quick;
    std::vector<Result> m_results;
    std::vector<QString> m_wrong;
};

using Case = std::function<void(Report &)>;

struct RegisteredCase
{
    QString id;
    Case run;
};

/// Every case of the program. Filled before main().
[[nodiscard]] std::vector<RegisteredCase> &registeredCases();

/// `const Registration a5(u"A5"_s, &measureAllocator);` at namespace scope adds a case; one case may add many rows.
struct Registration
{
    Registration(const QString &id, Case run) { registeredCases().push_back({id, std::move(run)}); }
};

/// Makes the compiler believe that `value` is read.
template <typename T>
void doNotOptimize(const T &value)
{
    asm volatile("" : : "g"(&value) : "memory");
}

/// Nanoseconds that `work` takes on the monotonic clock.
template <typename Work>
double timed(Work &&work)
{
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

/// Measures both sides `rounds` times in turns, after one round that does not count, and lets each side go first in
/// every other round. `ours` and `peer` return the nanoseconds that count (see timed()), so they may prepare first.
template <typename Ours, typename Peer>
Pair interleaved(int rounds, Ours &&ours, Peer &&peer)
{
    Pair pair;
    ours();
    peer();
    for (int round = 0; round < rounds; ++round) {
        if (round % 2 == 0)
            pair.ours.add(ours());
        pair.peer.add(peer());
        if (round % 2 != 0)
            pair.ours.add(ours());
    }
    return pair;
}

/// "142 ns", "1.46 us", "45.0 ms", "9.70 s".
[[nodiscard]] QString durationText(double nanoseconds);

} // namespace interlock::bench
