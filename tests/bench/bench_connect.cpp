// SPDX-License-Identifier: GPL-3.0-or-later
// A client's login, from the server's question to the engine's whole answer (PERF:C4, C5, C6).
#include "model/store/store.h"
#include "tests/bench/bench.h"
#include "tests/bench/enginebench.h"
#include "tests/bench/storebench.h"
#include "tests/support/fakestore.h"

#include <QPromise>
#include <QThread>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

const InstanceName kVpn = *InstanceName::parse(u"vpn");

/// The instance of storebench.h, whose management interface is on `port`.
std::vector<Row> rowsFor(quint16 port)
{
    std::vector<Row> rows = instanceRows();
    std::get<InstanceRow>(rows.front()).management = u"tcp:127.0.0.1:%1"_s.arg(port);
    return rows;
}

IrouteRow irouteRow(int number)
{
    return {cnOf(number), lanOf(number), {}, 1};
}

AllocationRow allocationRow(int number)
{
    // Four connectors in each block of 32 addresses see each other.
    const auto address =
        0x0a800000U + (static_cast<std::uint32_t>(number) / 4 << 5U) + static_cast<std::uint32_t>(number) % 4 + 1;
    return {kVpn, cnOf(number), 4, Address::ipv4(address), {}, {}, 1};
}

void addAtMost(Report &report, const QString &id, const QString &job, const QString &peer, const Pair &pair,
               double percent, double times)
{
    const double ours = pair.ours.percentile(percent);
    const double floor = pair.peer.percentile(percent);
    report.add({id, u"%1, p%2"_s.arg(job).arg(percent), durationText(ours), peer + u": "_s + durationText(floor),
                ours / floor, u"<= %1x the time"_s.arg(times), ours / floor <= times});
}

void measureC4(Report &report)
{
    const int connectors = static_cast<int>(report.size(10'000, 100));
    BenchServer server;
    struct Side
    {
        SteadyClock clock;
        test::FakeStore store{clock};
        NoLiveStore live;
        std::unique_ptr<Engine> engine;
    };
    const OwnThread thread([&] {
        auto side = std::make_shared<Side>();
        for (const Row &row : rowsFor(server.port()))
            side->store.put(row);
        for (int i = 0; i < connectors; ++i) {
            side->store.put(connectorRow(i));
            side->store.put(irouteRow(i));
            side->store.put(allocationRow(i));
            side->store.put(claimRow(i));
        }
        side->engine = std::make_unique<Engine>(EnginePorts{side->store, side->store.queries, side->store.feed,
                                                            side->live.macs, side->live.leases, side->live.live,
                                                            side->live.operations, side->clock},
                                                quietOptions(), std::set<InstanceName>());
        return side;
    });
    server.attach();
    const QByteArray answer = server.ask(connectBlock(0, cnOf(0).toString()));
    server.end(0, cnOf(0).toString());
    report.check(answer == "client-auth 0 1\nifconfig-push 10.128.0.1 255.0.0.0\niroute 100.64.0.0 255.255.255.224\n"
                           "push \"client-nat snat 10.0.0.0 255.255.255.224 100.64.0.0\"\n"
                           "push \"route 100.64.0.32 255.255.255.224\"\npush \"route 100.64.0.64 255.255.255.224\"\n"
                           "push \"route 100.64.0.96 255.255.255.224\"\nEND\n",
                 u"C4"_s, u"the answer is another: "_s + QString::fromUtf8(answer));
    Echo echo(connectBlock(0, cnOf(0).toString()).size(), answer.size());
    int next = 1;
    const Pair pair = interleaved(
        static_cast<int>(report.size(5'000, 20)),
        [&] {
            const QString cn = cnOf(next % connectors).toString();
            const QByteArray block = connectBlock(next, cn);
            const double time = timed([&] { (void)server.ask(block); });
            server.end(next++, cn);
            return time;
        },
        [&] { return timed([&] { echo.roundTrip(); }); });
    const QString job = u"CLIENT:CONNECT to client-auth, known client, %1 connectors"_s.arg(connectors);
    addAtMost(report, u"C4"_s, job, u"QTcpSocket echo of equal size"_s, pair, 50, 1.3);
    addAtMost(report, u"C4"_s, job, u"QTcpSocket echo of equal size"_s, pair, 99, 1.5);
}

/// An engine on a real store with `connectors` connectors, each with a LAN that nobody has claimed yet.
struct NewClients
{
    NewClients(Dialect dialect, int connectors) : bench(dialect)
    {
        std::vector<Row> rows = rowsFor(server.port());
        for (int i = 0; i < connectors; ++i) {
            rows.emplace_back(connectorRow(i));
            rows.emplace_back(irouteRow(i));
        }
        bench.fill(rows);
        (void)bench.commit(SetSetting{u"quarantineHours"_s, u"0"_s});
        store = orDie(Store::open(bench.url(), Store::Opening::Existing));
        struct Side
        {
            SteadyClock clock;
            NoLiveStore live;
            std::unique_ptr<Engine> engine;
        };
        thread = std::make_unique<OwnThread>([&] {
            auto side = std::make_shared<Side>();
            side->engine =
                std::make_unique<Engine>(EnginePorts{*store, *store, store->feed(), side->live.macs, side->live.leases,
                                                     side->live.live, side->live.operations, side->clock},
                                         quietOptions(), std::set<InstanceName>());
            return side;
        });
        server.attach();
    }

    BenchServer server;
    BenchStore bench;
    std::unique_ptr<Store> store;
    std::unique_ptr<OwnThread> thread;
};

QByteArray answerTo(int number, qint64 cid)
{
    const ClaimRow claim = claimRow(number);
    return "client-auth " + QByteArray::number(cid) + " 1\niroute " + claim.virtualPrefix.toNetworkAndMask().toUtf8() +
           "\npush \"client-nat snat " + claim.real.toNetworkAndMask().toUtf8() + ' ' +
           claim.virtualPrefix.first().toString().toUtf8() + "\"\nEND\n";
}

/// The claims and connectors of a twin store, by hand.
struct ByHand
{
    ByHand(Dialect dialect, int connectors) : store(dialect)
    {
        std::vector<Row> rows = instanceRows();
        for (int i = 0; i < connectors; ++i)
            rows.emplace_back(connectorRow(i));
        store.fill(rows);
    }
    double commit(int number)
    {
        const ChangeSet changes{{std::nullopt, Row(claimRow(number))}};
        const QString bytes = journalBytes(changes);
        return timed([&] { store.commitByHand(changes, bytes); });
    }

    BenchStore store;
};

/// A question to another thread and its answer, when nothing is done there: the store's thread is one.
class Hop
{
public:
    Hop()
    {
        m_there.moveToThread(&m_thread);
        m_thread.start();
    }
    ~Hop()
    {
        m_thread.quit();
        m_thread.wait();
    }
    Hop(const Hop &) = delete;
    Hop &operator=(const Hop &) = delete;

    double roundTrip()
    {
        return timed([&] {
            const auto promise = std::make_shared<QPromise<int>>();
            promise->start();
            QMetaObject::invokeMethod(
                &m_there,
                [promise] {
                    promise->addResult(1);
                    promise->finish();
                },
                Qt::QueuedConnection);
            promise->future().waitForFinished();
        });
    }

private:
    QThread m_thread;
    QObject m_there;
};

void measureC5(Report &report)
{
    for (const Dialect dialect : dialects()) {
        const int rounds = static_cast<int>(report.size(500, 10));
        NewClients clients(dialect, rounds + 2);
        ByHand byHand(dialect, rounds + 2);
        Echo echo(connectBlock(0, cnOf(0).toString()).size(), answerTo(0, 0).size());
        int next = 0;
        int nextByHand = 0;
        bool isRight = true;
        Samples echoes;
        Samples hops;
        Hop hop;
        const Pair pair = interleaved(
            rounds,
            [&] {
                const int number = next++;
                const QString cn = cnOf(number).toString();
                const QByteArray block = connectBlock(number, cn);
                QByteArray answer;
                const double time = timed([&] { answer = clients.server.ask(block); });
                isRight = isRight && answer == answerTo(number, number);
                clients.server.end(number, cn);
                return time;
            },
            [&] {
                echoes.add(timed([&] { echo.roundTrip(); }));
                hops.add(hop.roundTrip());
                return byHand.commit(nextByHand++);
            });
        report.check(isRight, u"C5"_s, u"an answer is another"_s);
        // The hop to the store's thread is on its own (SEMANTICS.md 7).
        const double ratio = (pair.ours.median() - echoes.median() - hops.median()) / pair.peer.median();
        report.add(
            {u"C5"_s, u"%1: CONNECT to client-auth, new claim"_s.arg(nameOf(dialect)), durationText(pair.ours.median()),
             u"echo %1 + hop %2 + bare commit %3"_s.arg(durationText(echoes.median()), durationText(hops.median()),
                                                        durationText(pair.peer.median())),
             ratio, u"<= echo + hop + 1.3x commit"_s, ratio <= 1.3});
    }
}

void measureC6(Report &report)
{
    for (const Dialect dialect : dialects()) {
        const int storm = static_cast<int>(report.size(10'000, 200));
        NewClients clients(dialect, storm);
        ByHand byHand(dialect, storm);
        QByteArrayList blocks;
        for (int i = 0; i < storm; ++i)
            blocks += connectBlock(i, cnOf(i).toString());
        Pair pair;
        std::size_t admitted = 0;
        pair.ours.add(timed([&] { admitted = clients.server.askAll(blocks); }));
        double alone = 0;
        for (int i = 0; i < storm; ++i)
            alone += byHand.commit(i);
        pair.peer.add(alone);
        std::set<Prefix> granted;
        orDie(clients.store
                  ->inspect([&](Topology &topology) {
                      for (const ClaimRow &claim : topology.rows<ClaimRow>())
                          granted.insert(claim.virtualPrefix);
                  })
                  .result());
        report.check(admitted == static_cast<std::size_t>(storm) && granted.size() == admitted, u"C6"_s,
                     u"somebody was refused, or two have one stand-in"_s);
        report.addFaster(u"C6"_s, u"%1: storm of %2 new clients, for one"_s.arg(nameOf(dialect)).arg(storm),
                         u"one commit a client, without socket"_s, pair, storm, 5);
    }
}

const Registration c4(u"C4"_s, &measureC4);
const Registration c5(u"C5"_s, &measureC5);
const Registration c6(u"C6"_s, &measureC6);

} // namespace

} // namespace interlock::bench
