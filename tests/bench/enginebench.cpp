// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/enginebench.h"

#include "tests/support/managementdouble.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock::bench {

namespace {

constexpr int kForever = 60'000; ///< milliseconds; a benchmark that waits so long is broken

const QByteArrayList kVariables{
    "password=",
    "username=",
    "IV_COMP_STUBv2=1",
    "IV_COMP_STUB=1",
    "IV_LZO_STUB=1",
    "IV_PROTO=990",
    "IV_CIPHERS=AES-256-GCM:AES-128-GCM:CHACHA20-POLY1305",
    "IV_NCP=2",
    "IV_MTU=1600",
    "IV_TCPNL=1",
    "IV_PLAT=linux",
    "IV_VER=2.6.14",
    "tls_serial_hex_0=e8:cc:79:1d:0d:f8:69:83:0e:58:25:c3:29:94:08:9b",
    "tls_serial_0=309442580054743959112670253598456940699",
    "tls_digest_sha256_0=16:b7:23:1a:d7:47:6d:55:68:f2:b7:ce:05:26:8c:82:e0:db:1c:91:12:41:65:f8:03:cd:2a:91:6f:c4:7d:"
    "be",
    "tls_digest_0=30:be:56:52:01:db:31:b5:e5:c0:1b:56:5e:05:f7:a5:9b:c1:55:3a",
    "tls_id_0=CN=branch",
    "X509_0_CN=branch",
    "tls_serial_hex_1=7e:23:30:05:ca:5d:74:4a:c9:47:01:1a:ff:f6:79:31:0c:fd:73:35",
    "tls_serial_1=720117546565878208400948354879198811101585044277",
    "tls_digest_sha256_1=b7:73:97:41:17:86:9d:7c:2d:b6:6b:fd:09:9a:68:db:0d:cf:9a:f8:b1:70:59:b1:b9:87:47:84:d6:87:a2:"
    "f0",
    "tls_digest_1=55:ab:15:b7:3e:8b:27:79:9a:51:35:a5:31:d8:03:cd:59:63:39:fd",
    "tls_id_1=CN=lab-ca",
    "X509_1_CN=lab-ca",
    "remote_port_1=1194",
    "local_port_1=1194",
    "local_1=10.95.0.1",
    "proto_1=udp",
    "daemon_pid=25670",
    "daemon_start_time=1795291016",
    "daemon_log_redirect=0",
    "daemon=0",
    "verb=3",
    "config=/etc/openvpn/server.conf",
    "ifconfig_local=10.0.0.1",
    "ifconfig_netmask=255.0.0.0",
    "ifconfig_ipv6_local=fd00:8::1",
    "ifconfig_ipv6_netbits=64",
    "ifconfig_ipv6_remote=fd00:8::2",
    "route_net_gateway=0.0.0.0",
    "route_vpn_gateway=10.0.0.2",
    "route_network_1=100.64.0.0",
    "route_netmask_1=255.192.0.0",
    "route_gateway_1=10.0.0.2",
    "script_context=init",
    "tun_mtu=1500",
    "dev=tun0",
    "dev_type=tun",
    "redirect_gateway=0",
};

QByteArray replyTo(const QByteArray &command)
{
    if (command == "pid")
        return "SUCCESS: pid=16220\r\n";
    if (command == "state")
        return "1795290307,CONNECTED,SUCCESS,10.0.0.1,,,10.99.0.1,1194\r\nEND\r\n";
    if (command == "status 3")
        return ManagementDouble::status();
    return "SUCCESS: done\r\n";
}

} // namespace

QByteArray connectBlock(qint64 cid, const QString &cn)
{
    QByteArray block = ">CLIENT:CONNECT," + QByteArray::number(cid) + ",1\r\n>CLIENT:ENV,n_clients=0\r\n";
    block += ">CLIENT:ENV,untrusted_port=50828\r\n>CLIENT:ENV,untrusted_ip=10.95.0.2\r\n>CLIENT:ENV,common_name=" +
             cn.toUtf8() + "\r\n";
    for (const QByteArray &variable : kVariables)
        block += ">CLIENT:ENV," + variable + "\r\n";
    return block + ">CLIENT:ENV,END\r\n";
}

QByteArray disconnectBlock(qint64 cid, const QString &cn)
{
    return ">CLIENT:DISCONNECT," + QByteArray::number(cid) + "\r\n>CLIENT:ENV,common_name=" + cn.toUtf8() +
           "\r\n>CLIENT:ENV,END\r\n";
}

BenchServer::BenchServer()
{
    if (!m_server.listen(QHostAddress::LocalHost))
        qFatal("nothing can listen here");
}

void BenchServer::read()
{
    if (!m_socket->waitForReadyRead(kForever))
        qFatal("the engine says nothing more: %s", qPrintable(m_socket->errorString()));
    m_input += m_socket->readAll();
}

void BenchServer::attach()
{
    if (!m_server.waitForNewConnection(kForever))
        qFatal("the engine does not connect");
    m_socket.reset(m_server.nextPendingConnection());
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket->write(">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n");
    for (bool hasStatus = false; !hasStatus;) {
        for (auto end = m_input.indexOf('\n'); end >= 0; end = m_input.indexOf('\n')) {
            const QByteArray command = m_input.left(end);
            m_input.remove(0, end + 1);
            m_socket->write(replyTo(command));
            hasStatus = hasStatus || command == "status 3";
        }
        m_socket->flush();
        if (!hasStatus)
            read();
    }
    fence();
}

QByteArray BenchServer::ask(const QByteArray &block)
{
    m_socket->write(block);
    m_socket->flush();
    while (!m_input.endsWith("\nEND\n"))
        read();
    return std::exchange(m_input, {});
}

void BenchServer::end(qint64 cid, const QString &cn)
{
    m_socket->write("SUCCESS: client-auth command succeeded\r\n" + disconnectBlock(cid, cn));
    fence();
}

void BenchServer::fence()
{
    // The answer to a key renewal comes after everything that was said before.
    m_socket->write(">CLIENT:REAUTH,1000000,2\r\n>CLIENT:ENV,common_name=\r\n>CLIENT:ENV,END\r\n");
    m_socket->flush();
    while (!m_input.endsWith("client-auth-nt 1000000 2\n"))
        read();
    m_input.clear();
    m_socket->write("SUCCESS: client-auth command succeeded\r\n");
    m_socket->flush();
}

std::size_t BenchServer::askAll(const QByteArrayList &blocks)
{
    m_socket->write(blocks.join());
    m_socket->flush();
    std::size_t admitted = 0;
    qsizetype ends = 0;
    while (ends < blocks.size()) {
        read();
        QByteArray replies;
        qsizetype begin = 0;
        for (auto end = m_input.indexOf('\n'); end >= 0; end = m_input.indexOf('\n', begin)) {
            const auto line = QByteArrayView(m_input).sliced(begin, end - begin);
            admitted += line.startsWith("client-auth ") ? 1U : 0U;
            if (line == "END" || line.startsWith("client-deny ")) {
                replies += "SUCCESS: done\r\n";
                ++ends;
            }
            begin = end + 1;
        }
        m_input.remove(0, begin);
        m_socket->write(replies);
        m_socket->flush();
    }
    return admitted;
}

OwnThread::OwnThread(const std::function<std::shared_ptr<void>()> &make)
{
    m_context.moveToThread(&m_thread);
    m_thread.start();
    QMetaObject::invokeMethod(
        &m_context, [&] { m_made = make(); }, Qt::BlockingQueuedConnection);
}

OwnThread::~OwnThread()
{
    QMetaObject::invokeMethod(
        &m_context, [this] { m_made.reset(); }, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

Echo::Echo(qsizetype requestSize, qsizetype replySize) : m_request(requestSize, 'x'), m_replySize(replySize)
{
    m_thread = std::make_unique<OwnThread>([&] {
        auto server = std::make_shared<QTcpServer>();
        if (!server->listen(QHostAddress::LocalHost))
            qFatal("nothing can listen here");
        m_port = server->serverPort();
        QObject::connect(server.get(), &QTcpServer::newConnection, server.get(),
                         [server = server.get(), requestSize, reply = QByteArray(replySize, 'y')] {
                             QTcpSocket *socket = server->nextPendingConnection();
                             socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
                             QObject::connect(socket, &QTcpSocket::readyRead, socket,
                                              [socket, requestSize, reply, got = qsizetype{0}]() mutable {
                                                  got += socket->readAll().size();
                                                  if (got < requestSize)
                                                      return;
                                                  got = 0;
                                                  socket->write(reply);
                                                  socket->flush();
                                              });
                         });
        return server;
    });
    m_socket.connectToHost(QHostAddress(QHostAddress::LocalHost), m_port);
    if (!m_socket.waitForConnected(kForever))
        qFatal("the echo is not there");
    m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
}

void Echo::roundTrip()
{
    m_socket.write(m_request);
    m_socket.flush();
    for (qsizetype got = 0; got < m_replySize;) {
        if (!m_socket.waitForReadyRead(kForever))
            qFatal("the echo is silent");
        got += m_socket.readAll().size();
    }
}

EngineOptions quietOptions()
{
    EngineOptions options;
    options.holder = u"bench"_s;
    options.actor = u"bench"_s;
    options.times = {60s, 60s, 1h, 60s, 60s, 5ms, 5ms, 5ms, 60s};
    return options;
}

} // namespace interlock::bench
