// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/engine.h"
#include "tests/support/fakelive.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>

#include <functional>
#include <memory>

// Both ends of a management interface: the engine on a thread of its own, and the server that asks it. The floor is an
// echo between two sockets of the same kind.

namespace interlock::bench {

/// What a server says when client `cid` with the name `cn` asks: some fifty variables, 2 kB.
/// \source openvpn/FACTS.md 25
[[nodiscard]] QByteArray connectBlock(qint64 cid, const QString &cn);
[[nodiscard]] QByteArray disconnectBlock(qint64 cid, const QString &cn);

/// The server's end, on this thread, without an event loop.
class BenchServer
{
public:
    BenchServer();
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    /// Waits for the engine, and answers it until it has read the status.
    void attach();

    /// Asks for a client and waits for the whole answer. \returns the answer
    QByteArray ask(const QByteArray &block);
    /// Takes the answer of ask(), ends the client, and waits until the engine has nothing to do any more.
    void end(qint64 cid, const QString &cn);
    /// Asks for all of them at once. \returns how many were admitted
    std::size_t askAll(const QByteArrayList &blocks);

private:
    void read();
    /// Waits until the engine has nothing to do any more.
    void fence();

    QTcpServer m_server;
    std::unique_ptr<QTcpSocket> m_socket;
    QByteArray m_input;
};

/// Runs `make` and what it returns on a thread of its own.
class OwnThread
{
public:
    explicit OwnThread(const std::function<std::shared_ptr<void>()> &make);
    ~OwnThread();
    OwnThread(const OwnThread &) = delete;
    OwnThread &operator=(const OwnThread &) = delete;

private:
    QThread m_thread;
    QObject m_context;
    std::shared_ptr<void> m_made;
};

/// Answers every `requestSize` bytes with `replySize` bytes: what a round trip costs when nothing is done in it.
class Echo
{
public:
    Echo(qsizetype requestSize, qsizetype replySize);
    /// Sends one request and waits for the whole reply.
    void roundTrip();

private:
    QByteArray m_request;
    qsizetype m_replySize;
    quint16 m_port = 0;
    std::unique_ptr<OwnThread> m_thread;
    QTcpSocket m_socket;
};

/// The live side of a store, which is none of what is measured.
struct NoLiveStore
{
    test::FakeMacMap macs;
    test::FakeLeases leases;
    test::FakeLiveFeed live;
    test::FakeOperations operations;
};

/// Options for an engine whose link says nothing by itself.
[[nodiscard]] EngineOptions quietOptions();

} // namespace interlock::bench
