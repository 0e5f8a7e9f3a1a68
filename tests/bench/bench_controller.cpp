// SPDX-License-Identifier: GPL-3.0-or-later
// A ZeroTier controller with many members: reading and comparing them, writing them, and what the event loop has of it
// (PERF:D3, D4, G4; CASES:C19). Both sides ask the same double, which lives in a thread of its own.
#include "model/link/zerotier/controllerclient.h"
#include "model/rules/networkdiff.h"
#include "model/sim/zerotier/controllerdouble.h"
#include "tests/bench/bench.h"
#include "tests/bench/storebench.h"

#include <QEventLoop>
#include <QFutureWatcher>
#include <QJsonArray>
#include <QJsonDocument>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QTimer>

#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

constexpr int kMembersOfSubnet = 250;
constexpr double kLongestAway = 50e6; ///< nanoseconds
constexpr int kMostInFlight = 4;

const NetworkId kNetwork = *NetworkId::parse(u"4bb8520480b0a7c1");
const Prefix kSubnet = *Prefix::parse(u"10.64.0.0/12");

NodeId nodeOf(int number)
{
    return *NodeId::parse(QString::number(0x4000000000LL + number, 16));
}

/// In the /24 that kMembersOfSubnet members share. `era` has addresses of its own.
Address addressOf(int number, int era = 0)
{
    const auto at = static_cast<std::uint32_t>(number);
    return Address::ipv4(0x0a400000U + (static_cast<std::uint32_t>(era) << 16U) + (at / kMembersOfSubnet << 8U) +
                         at % kMembersOfSubnet + 1);
}

MemberEdit editOf(int number, int era = 0)
{
    return editFor({nodeOf(number), {}, true, {addressOf(number, era)}});
}

/// What ControllerClient sends for editOf().
QByteArray bodyOf(int number, int era = 0)
{
    return R"({"authorized":true,"ipAssignments":[")" + addressOf(number, era).toString().toUtf8() +
           R"("],"noAutoAssignIps":true})";
}

/// The result of `future`, with this thread's event loop turning meanwhile.
template <typename T>
T await(QFuture<T> future)
{
    QEventLoop loop;
    QFutureWatcher<T> watcher;
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    watcher.setFuture(future);
    if (!future.isFinished())
        loop.exec();
    return future.takeResult();
}

NetworkRow networkRow()
{
    NetworkRow row{*NetworkName::parse(u"bench"), kNetwork, *ControllerName::parse(u"bench"), {}};
    row.subnet = kSubnet;
    row.children = ChildRoutes::All;
    row.title = u"bench"_s;
    return row;
}

/// A controller with one network, and our rows of it.
struct Bed
{
    explicit Bed(int members) : client(listening(), server.token())
    {
        for (int first = 0; first < members; first += kMembersOfSubnet)
            rows.below.push_back({Prefix(addressOf(first), 24)});
        for (int i = 0; i < members; ++i)
            rows.members.push_back(
                {rows.network.name, nodeOf(i), MemberStanding::Authorized, addressOf(i), u"device%1"_s.arg(i)});
        server.editOutside(kNetwork, R"({"name":"bench"})");
        const NetworkRecord live = orDie(await(client.network(kNetwork)));
        const NetworkDiff diff = orDie(diffNetwork(rows, live, {}));
        orDie(await(client.writeNetwork(kNetwork, diff.edit)));
        rows.owned = diff.plan.routes;
        rows.ownedPools = diff.plannedPools;
    }

    /// As devices that joined, were authorised and named, and fetched their configuration.
    void joinAll()
    {
        for (int i = 0; i < static_cast<int>(rows.members.size()); ++i) {
            server.join(kNetwork, nodeOf(i));
            QByteArray body = bodyOf(i);
            body.insert(1, "\"name\":\"device" + QByteArray::number(i) + "\",");
            server.editOutside(kNetwork, nodeOf(i), body);
        }
        server.forgetRequests();
    }

    [[nodiscard]] std::size_t writes() const
    {
        const auto requests = server.requests();
        return static_cast<std::size_t>(
            std::ranges::count_if(requests, [](const SeenRequest &each) { return each.method != "GET"; }));
    }

    ControllerEndpoint listening()
    {
        if (!server.listen())
            qFatal("no port for a controller");
        return {server.url()};
    }

    ControllerDouble server;
    ControllerClient client;
    NetworkContext rows{networkRow(), {*ControllerName::parse(u"bench"), {}, {}}, {}, {}, {}, {}};
};

/// QNetworkAccessManager as it is used without anything else.
class Plain
{
public:
    explicit Plain(const ControllerDouble &server) : m_server(server)
    {
        m_network.setProxy(QNetworkProxy::NoProxy);
        m_network.setAutoDeleteReplies(true);
    }

    /// On a connection of its own, which is the faster way there.
    QByteArray get(const QString &path)
    {
        QNetworkRequest request = requestTo(path);
        request.setRawHeader("Connection", "close");
        return bodyWhenDone(m_network.get(request));
    }
    /// On a connection that is kept, which is Qt's own way.
    QByteArray post(const QString &path, const QByteArray &body)
    {
        QNetworkRequest request = requestTo(path);
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        return bodyWhenDone(m_network.post(request, body));
    }

private:
    [[nodiscard]] QNetworkRequest requestTo(const QString &path) const
    {
        QNetworkRequest request(QUrl(m_server.url().toString() + path));
        request.setRawHeader("X-ZT1-Auth", m_server.token());
        return request;
    }
    static QByteArray bodyWhenDone(QNetworkReply *reply)
    {
        QEventLoop loop;
        QObject::connect(reply, &QNetworkReply::finished, &loop, &QEventLoop::quit);
        loop.exec();
        if (reply->error() != QNetworkReply::NoError)
            qFatal("%s", qPrintable(reply->errorString()));
        return reply->readAll();
    }

    const ControllerDouble &m_server;
    QNetworkAccessManager m_network;
};

QString membersPath()
{
    return u"/unstable/controller/network/"_s + kNetwork.toString() + u"/member"_s;
}

QString memberPath(int number)
{
    return u"/controller/network/"_s + kNetwork.toString() + u"/member/"_s + nodeOf(number).toString();
}

/// The longest time, in nanoseconds, between two turns of this thread's event loop while `work` waits in it.
template <typename Work>
double longestAway(Work &&work)
{
    using Steady = std::chrono::steady_clock;
    Steady::time_point last = Steady::now();
    double longest = 0;
    const auto turn = [&] {
        const auto now = Steady::now();
        longest = std::max(longest, std::chrono::duration<double, std::nano>(now - last).count());
        last = now;
    };
    QTimer ticks;
    ticks.setTimerType(Qt::PreciseTimer);
    QObject::connect(&ticks, &QTimer::timeout, &ticks, turn);
    ticks.start(1);
    work();
    turn(); // what came after the last tick counts, too
    return longest;
}

/// The worst of them meets the goal or does not.
void addAway(Report &report, const QString &id, const QString &job, const Samples &away)
{
    report.addLimit(
        id, u"longest absence of the event loop: "_s + job,
        u"%1 (median of all rounds %2)"_s.arg(durationText(away.percentile(100)), durationText(away.median())),
        away.percentile(100), kLongestAway, u"< "_s + durationText(kLongestAway));
}

/// One sync, and how long its parts took.
struct Sync
{
    NetworkRecord live{kNetwork};
    std::vector<MemberRecord> members;
    NetworkDiff diff;
    double reading = 0;
    double comparing = 0; ///< diffNetwork(), which plans and checks the members

    explicit Sync(Bed &bed)
    {
        reading = timed([&] {
            auto network = bed.client.network(kNetwork);
            auto all = bed.client.members(kNetwork);
            live = orDie(await(std::move(network)));
            members = orDie(await(std::move(all)));
        });
        comparing = timed([&] { diff = orDie(diffNetwork(bed.rows, live, members)); });
    }

    [[nodiscard]] bool isQuiet() const
    {
        const auto isAboutMember = [](const MemberFinding &found) { return found.node.has_value(); };
        return diff.isEqual() && diff.members == MemberPlan() && std::ranges::none_of(diff.findings, isAboutMember);
    }
};

void measureD3(Report &report)
{
    const int count = static_cast<int>(report.size(10'000, 300));
    const int rounds = static_cast<int>(report.size(15, 2));
    Bed bed(count);
    bed.joinAll();
    Plain plain(bed.server);
    bool isRight = true;
    Samples reading;
    Samples comparing;
    const Pair pair = interleaved(
        rounds,
        [&] {
            const Sync sync(bed);
            isRight = isRight && sync.isQuiet() && sync.members.size() == static_cast<std::size_t>(count);
            reading.add(sync.reading);
            comparing.add(sync.comparing);
            return sync.reading + sync.comparing;
        },
        [&] {
            QJsonDocument document;
            const double time = timed([&] { document = QJsonDocument::fromJson(plain.get(membersPath())); });
            isRight = isRight && document[u"data"].toArray().size() == count;
            return time;
        });
    report.check(isRight, u"D3"_s, u"there was something to write, or members are missing"_s);
    report.check(bed.server.requests().size() == static_cast<std::size_t>(3 * (rounds + 1)), u"D3"_s,
                 u"a sync took more than two requests"_s);
    report.check(bed.server.mostInFlight() <= kMostInFlight, u"D3"_s, u"more than four in flight"_s);
    const QString peer = u"bulk GET + QJsonDocument"_s;
    report.addAtMost(u"D3"_s, u"sync of %1 members, nothing to write"_s.arg(count), peer, pair, 1, 1.3);
    report.addCompared(u"D3"_s, u"of it: network() + members()"_s, peer, {reading, pair.peer}, 1);
    report.addCompared(u"D3"_s, u"of it: diffNetwork()"_s, peer, {comparing, pair.peer}, 1);
    report.addLimit(u"D3"_s, u"writes of all syncs"_s, QString::number(bed.writes()), static_cast<double>(bed.writes()),
                    0, u"0"_s);

    Samples away;
    for (int round = 0; round < rounds; ++round) {
        away.add(longestAway([&] {
            const auto members = orDie(await(bed.client.members(kNetwork)));
            doNotOptimize(members.size());
        }));
    }
    addAway(report, u"G4"_s, u"%1 members are read and dropped"_s.arg(count), away);
}

/// Writes members [first, first + count) and waits for all answers. \returns whether each is what was asked for
bool writeMembers(ControllerClient &client, int first, int count, int era)
{
    QList<QFuture<Expected<MemberRecord>>> answers;
    for (int i = first; i < first + count; ++i)
        answers += client.writeMember(kNetwork, nodeOf(i), editOf(i, era));
    (void)await(QtFuture::whenAll(answers.begin(), answers.end()));
    bool isRight = true;
    for (int i = 0; i < count; ++i) {
        const auto answer = answers[i].result();
        isRight = isRight && answer && answer->node == nodeOf(first + i) &&
                  answer->addresses == std::vector{addressOf(first + i, era).toString()};
    }
    return isRight;
}

void measureD4(Report &report)
{
    // A part of the members at a time, so that both sides take turns.
    const int part = static_cast<int>(report.size(100, 10));
    const int parts = 10;
    Bed bed(part * parts);
    Plain plain(bed.server);
    int ours = 0;
    int theirs = 0;
    bool isRight = true;
    bed.server.forgetRequests();
    const Pair pair = interleaved(
        parts,
        [&] {
            const int first = ours++ % parts * part;
            return timed([&] { isRight = writeMembers(bed.client, first, part, 0) && isRight; });
        },
        [&] {
            const int first = theirs++ % parts * part;
            return timed([&] {
                for (int i = first; i < first + part; ++i) {
                    const QByteArray answer = plain.post(memberPath(i), bodyOf(i, 1));
                    isRight = isRight && answer.contains(addressOf(i, 1).toString().toUtf8());
                }
            });
        });
    report.check(isRight, u"D4"_s, u"an answer is another than what was written"_s);
    report.check(bed.writes() == static_cast<std::size_t>(2 * part * (parts + 1)), u"D4"_s,
                 u"a member was written twice, or not at all"_s);
    report.addFaster(u"D4"_s, u"writing %1 members, for one"_s.arg(part * parts),
                     u"QNetworkAccessManager, keep-alive, one in flight"_s, pair, part, 5);

    Samples away;
    bool isWhole = true;
    bed.server.forgetRequests();
    for (int round = 0; round < static_cast<int>(report.size(5, 1)); ++round)
        away.add(longestAway([&] { isWhole = writeMembers(bed.client, 0, part * parts, 2 + round) && isWhole; }));
    report.check(isWhole, u"C19"_s, u"an answer is another than what was written"_s);
    report.check(bed.server.mostWritesAtOnce() == 1, u"C19"_s, u"two writes to one member at once"_s);
    const int most = bed.server.mostInFlight();
    report.addLimit(u"C19"_s, u"most in flight, %1 members written at once"_s.arg(part * parts), QString::number(most),
                    most, kMostInFlight, u"<= %1"_s.arg(kMostInFlight));
    addAway(report, u"C19"_s, u"%1 members are written"_s.arg(part * parts), away);
}

const Registration d3(u"D3"_s, &measureD3);
const Registration d4(u"D4"_s, &measureD4);

} // namespace

} // namespace interlock::bench
