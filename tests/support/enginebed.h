// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/engine.h"
#include "tests/support/fakelive.h"
#include "tests/support/fakestore.h"
#include "tests/support/serversaid.h"

#include <QTest>

#include <memory>

namespace interlock::test {

/// An OpenVPN server's double, a store in memory, and an engine between them that serves the instance `main`.
struct EngineBed
{
    EngineBed()
    {
        InstanceRow row = instanceRow(u"main", u"10.8.0.0/24");
        row.management = QStringLiteral("unix:") + server.path();
        store.put(row);
        store.put(poolRow(u"main", u"10.8.0.0/24"));
        // Long where a slow machine could be early, short where something is repeated.
        using namespace std::chrono_literals;
        options.holder = QStringLiteral("host/1");
        options.actor = QStringLiteral("interlockd");
        options.times = {60s, 60s, 60s, 60s, 60s, 5ms, 5ms, 10ms, 60s};
        options.leaseTimes = {5ms, 60s, 60s};
    }

    void change(const std::function<void(InstanceRow &)> &how)
    {
        InstanceRow row = *store.queries.topology.find<InstanceRow>(iname(u"main"));
        how(row);
        store.put(row);
    }
    /// A connector with an address, and LANs whose claims are there.
    void know(QStringView cn, QStringView address, const QStringList &lans = {})
    {
        store.put(connectorRow(cn));
        store.put(allocationRow(u"main", cn, address));
        for (const QString &lan : lans) {
            const Prefix prefix = pfx(lan);
            store.put(irouteRow(cn, lan));
            store.put(ClaimRow{cname(cn), prefix, prefix, prefix, iname(u"main"), {}, 1});
        }
    }

    void start()
    {
        engine = std::make_unique<Engine>(
            EnginePorts{store, store.queries, store.feed, macs, leases, live, operations, clock}, options,
            std::set<InstanceName>());
    }
    /// Attached, and the first status is read.
    void startReady()
    {
        QVERIFY(server.listen());
        start();
        QTRY_VERIFY(!engine->instances().empty());
        QTRY_COMPARE(instance().health().link, QStringLiteral("ready"));
    }
    /// Another process takes over, which knows what is stored and nothing else.
    void restartEngine()
    {
        engine->stop();
        QTRY_VERIFY(!server.hasClient());
        engine.reset();
        start();
        QTRY_VERIFY(!engine->instances().empty());
        QTRY_COMPARE(instance().health().link, QStringLiteral("ready"));
    }

    [[nodiscard]] InstanceEngine &instance() const { return *engine->instances().begin()->second; }
    /// The session, or an empty one where there is none.
    [[nodiscard]] SessionFact fact(qint64 cid) const
    {
        const LiveSession *session = instance().registry().find({cid});
        return session ? session->fact : SessionFact{SessionKey{iname(u"none"), 0, 0}};
    }
    [[nodiscard]] QString stateOf(qint64 cid) const
    {
        return instance().registry().find({cid}) ? enumText(fact(cid).state) : QStringLiteral("unknown");
    }
    [[nodiscard]] QString routesOf(qint64 cid) const { return enumText(fact(cid).routes); }

    // What the server says.
    void say(const QByteArray &head, const QByteArray &cn, const Variables &more = {})
    {
        QByteArray block = ">CLIENT:" + head + "\r\n>CLIENT:ENV,common_name=" + cn + "\r\n";
        for (const auto &[name, value] : more)
            block += ">CLIENT:ENV," + name + '=' + value + "\r\n";
        server.say(block + ">CLIENT:ENV,END\r\n");
    }
    void asks(qint64 cid, const QByteArray &cn, const Variables &more = {})
    {
        say("CONNECT," + QByteArray::number(cid) + ",1", cn, more);
    }
    /// ADDRESS for each of `addresses`, the first of which is the tunnel address, and ESTABLISHED.
    void establishes(qint64 cid, const QByteArray &cn, const QByteArrayList &addresses)
    {
        const QByteArray id = QByteArray::number(cid);
        for (const QByteArray &address : addresses)
            server.say(">CLIENT:ADDRESS," + id + ',' + address + (address == addresses.first() ? ",1\r\n" : ",0\r\n"));
        say("ESTABLISHED," + id, cn);
    }
    void leaves(qint64 cid, const QByteArray &cn) { say("DISCONNECT," + QByteArray::number(cid), cn); }
    void hasStatus(const std::vector<ClientRow> &clients, const QByteArray &routes = {})
    {
        server.answers["status 3"] = statusText(clients, routes);
    }

    /// What was sent about clients, in order; of a refusal the words for the server's log.
    [[nodiscard]] QByteArrayList sent() const
    {
        QByteArrayList commands;
        for (const QByteArray &command : server.commands()) {
            if (command.startsWith("client-deny "))
                commands += command.left(command.indexOf("\" \"") + 1);
            else if (command.startsWith("client-"))
                commands += command;
        }
        return commands;
    }
    [[nodiscard]] QByteArray lastSent() const { return sent().value(sent().size() - 1); }
    [[nodiscard]] qsizetype statusesAsked() const { return server.commands().count("status 3"); }

    SteppedClock clock;
    FakeStore store{clock};
    FakeMacMap macs;
    FakeLeases leases;
    FakeLiveFeed live;
    FakeOperations operations;
    ManagementDouble server;
    EngineOptions options;
    std::unique_ptr<Engine> engine;
};

} // namespace interlock::test
