// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QLocalServer>
#include <QLocalSocket>
#include <QObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>

#include <functional>
#include <map>
#include <memory>

namespace interlock {

/// An OpenVPN management interface for tests, on a unix socket or on TCP. It says what OpenVPN 2.6.14 was recorded to
/// say, with its bad manners: one client at a time, the others connected and without a byte; a prompt without a line
/// end; three passwords, then the end without a word.
/// \source openvpn/FACTS.md 14-18, 39
class ManagementDouble
{
public:
    enum class Transport { Unix, Tcp };

    explicit ManagementDouble(Transport transport = Transport::Unix) : m_transport(transport)
    {
        QObject::connect(&m_tcp, &QTcpServer::newConnection, &m_context, [this] {
            while (auto *socket = m_tcp.nextPendingConnection())
                meet(socket);
        });
        QObject::connect(&m_unix, &QLocalServer::newConnection, &m_context, [this] {
            while (auto *socket = m_unix.nextPendingConnection())
                meet(socket);
        });
    }
    ~ManagementDouble() { close(); }
    ManagementDouble(const ManagementDouble &) = delete;
    ManagementDouble &operator=(const ManagementDouble &) = delete;

    /// Listens; a second time at the same place. \returns false when that did not work
    bool listen()
    {
        if (m_transport == Transport::Unix)
            return m_unix.listen(path());
        return m_tcp.listen(QHostAddress::LocalHost, m_port) && (m_port = m_tcp.serverPort()) != 0;
    }
    /// The process ends: nobody listens, every connection ends.
    void close()
    {
        m_tcp.close();
        m_unix.close();
        const auto sockets = std::exchange(m_waiting, {});
        m_client = nullptr;
        for (auto *socket : sockets) {
            socket->disconnect(&m_context);
            hangUp(socket);
        }
    }

    [[nodiscard]] QString path() const { return m_folder.filePath(QStringLiteral("mgmt.sock")); }
    [[nodiscard]] quint16 port() const { return m_port; }

    // What it is like; set before a client comes.
    QByteArray password; ///< asked for unless empty
    bool isHeld = false; ///< `hold release` lets it run
    bool isMute = false; ///< reads commands and says nothing, as when a hook keeps it
    qint64 pid = 16220;
    qint64 connectedSince = 1795290307;
    /// Answers that are not the usual ones, by command; `client-auth` stands for every client-auth.
    std::map<QByteArray, QByteArray> answers;
    /// Told of each command before it is answered; a block is one command, with its lines.
    std::function<void(const QByteArray &)> onCommand;

    /// Commands that came, without line ends; a client-auth block is one.
    [[nodiscard]] const QByteArrayList &commands() const { return m_commands; }
    [[nodiscard]] int greetings() const { return m_greetings; }
    [[nodiscard]] int passwordsTried() const { return m_passwordsTried; }
    [[nodiscard]] bool hasClient() const { return m_client != nullptr; }

    /// Says `bytes` to the client, as they are.
    void say(const QByteArray &bytes)
    {
        if (m_client)
            m_client->write(bytes);
    }
    /// Answers what it was asked while it was mute.
    void unmute()
    {
        isMute = false;
        for (const auto &command : std::exchange(m_unanswered, {}))
            answer(command);
    }
    /// SIGUSR1: tells of it, and waits for the hold release.
    void restart()
    {
        say(">STATE:1795290531,RECONNECTING,SIGUSR1,,,,,\r\n>HOLD:Waiting for hold release:1\r\n");
        isHeld = true;
    }
    /// Ends the connection of the present client; the next one gets its turn.
    void dropClient()
    {
        if (m_client)
            hangUp(m_client);
    }

    /// The answer to `status 3`: `clients` and `routes` are rows.
    static QByteArray status(const QByteArray &clients = {}, const QByteArray &routes = {})
    {
        return "TITLE\tOpenVPN 2.6.14 x86_64-pc-linux-gnu [SSL (OpenSSL)] [LZO] [LZ4] [EPOLL] [PKCS11] [MH/PKTINFO] "
               "[AEAD] "
               "[DCO]\r\nTIME\t2026-11-21 19:56:59\t1795291019\r\nHEADER\tCLIENT_LIST\tCommon Name\tReal "
               "Address\tVirtual "
               "Address\tVirtual IPv6 Address\tBytes Received\tBytes Sent\tConnected Since\tConnected Since "
               "(time_t)\tUsername\tClient ID\tPeer ID\tData Channel Cipher\r\n" +
               clients +
               "HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)\r\n" +
               routes + "GLOBAL_STATS\tMax bcast/mcast queue length\t0\r\nGLOBAL_STATS\tdco_enabled\t0\r\nEND\r\n";
    }

private:
    template <typename Socket>
    void meet(Socket *socket)
    {
        QObject::connect(socket, &QIODevice::readyRead, &m_context, [this, socket] {
            if (socket == m_client)
                read();
        });
        QObject::connect(socket, &Socket::disconnected, &m_context, [this, socket] {
            m_waiting.removeAll(socket);
            if (m_client == socket) {
                m_client = nullptr;
                serveNext();
            }
            socket->deleteLater();
        });
        m_waiting.append(socket);
        serveNext();
    }

    static void hangUp(QIODevice *socket)
    {
        if (auto *tcp = qobject_cast<QTcpSocket *>(socket))
            tcp->disconnectFromHost();
        else if (auto *local = qobject_cast<QLocalSocket *>(socket))
            local->disconnectFromServer();
    }

    void serveNext()
    {
        if (m_client || m_waiting.isEmpty())
            return;
        m_client = m_waiting.first();
        m_input.clear();
        m_block.clear();
        m_unanswered.clear();
        m_refused = 0;
        m_isAdmitted = password.isEmpty();
        if (m_isAdmitted)
            greet();
        else
            say("ENTER PASSWORD:");
        read();
    }

    void greet()
    {
        ++m_greetings;
        say(">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n");
        if (isHeld)
            say(">HOLD:Waiting for hold release:0\r\n");
    }

    void read()
    {
        m_input += m_client->readAll();
        for (auto end = m_input.indexOf('\n'); end >= 0 && m_client; end = m_input.indexOf('\n')) {
            auto line = m_input.left(end);
            m_input.remove(0, end + 1);
            if (line.endsWith('\r'))
                line.chop(1);
            if (m_isAdmitted)
                readLine(line);
            else
                tryPassword(line);
        }
    }

    void tryPassword(const QByteArray &line)
    {
        ++m_passwordsTried;
        if (line == password) {
            m_isAdmitted = true;
            say("SUCCESS: password is correct\r\n");
            greet();
        } else if (++m_refused == 3) {
            dropClient();
        } else {
            say("ENTER PASSWORD:");
        }
    }

    void readLine(const QByteArray &line)
    {
        if (m_block.isEmpty() && line.startsWith("client-auth ")) {
            m_block = line;
            return;
        }
        if (!m_block.isEmpty()) {
            m_block += '\n' + line;
            if (line != "END")
                return;
        }
        const auto command = m_block.isEmpty() ? line : std::exchange(m_block, {});
        if (command.isEmpty())
            return;
        m_commands << command;
        if (onCommand)
            onCommand(command);
        if (isMute)
            m_unanswered << command;
        else
            answer(command);
    }

    void answer(const QByteArray &command)
    {
        const auto word = command.left(command.indexOf(' '));
        if (const auto own = answers.find(command.startsWith("client-auth ") ? word : command); own != answers.end())
            say(own->second);
        else if (command == "hold release")
            release();
        else if (command == "pid")
            say("SUCCESS: pid=" + QByteArray::number(pid) + "\r\n");
        else if (command == "state")
            say(QByteArray::number(connectedSince) +
                (isHeld ? ",CONNECTING,,,,,,\r\nEND\r\n" : ",CONNECTED,SUCCESS,10.8.0.1,,,10.99.0.1,1194\r\nEND\r\n"));
        else if (command == "state on" || command == "log on")
            say("SUCCESS: real-time " + word + " notification set to ON\r\n");
        else if (word == "bytecount")
            say("SUCCESS: bytecount interval changed\r\n");
        else if (command == "status 3")
            say(status());
        else if (word == "client-auth" || word == "client-deny" || word == "client-kill")
            say("SUCCESS: " + word + " command succeeded\r\n");
        else
            say("ERROR: unknown command, enter 'help' for more options\r\n");
    }

    void release()
    {
        say("SUCCESS: hold release succeeded\r\n");
        if (std::exchange(isHeld, false))
            say(">STATE:" + QByteArray::number(connectedSince) + ",CONNECTED,SUCCESS,10.8.0.1,,,10.99.0.1,1194\r\n");
    }

    Transport m_transport;
    QObject m_context; ///< of the connections, so that they end with this
    QTcpServer m_tcp;
    QLocalServer m_unix;
    QTemporaryDir m_folder;
    quint16 m_port = 0;
    QList<QIODevice *> m_waiting; ///< connected, the present client first
    QIODevice *m_client = nullptr;
    QByteArray m_input;
    QByteArray m_block;
    QByteArrayList m_commands;
    QByteArrayList m_unanswered;
    int m_greetings = 0;
    int m_passwordsTried = 0;
    int m_refused = 0;
    bool m_isAdmitted = false;
};

} // namespace interlock
