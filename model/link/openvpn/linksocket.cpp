// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/linksocket.h"

#include <QLocalSocket>
#include <QNetworkProxy>
#include <QTcpSocket>

#include <algorithm>

namespace interlock::openvpn {

using namespace Qt::StringLiterals;

namespace {

LinkState stateOf(QAbstractSocket::SocketError error)
{
    switch (error) {
    case QAbstractSocket::ConnectionRefusedError:
        return LinkState::Refused;
    case QAbstractSocket::SocketAccessError:
        return LinkState::NoAccess;
    default:
        return LinkState::NotThere;
    }
}

LinkState stateOf(QLocalSocket::LocalSocketError error)
{
    switch (error) {
    case QLocalSocket::ConnectionRefusedError:
        return LinkState::Refused;
    case QLocalSocket::SocketAccessError:
        return LinkState::NoAccess;
    default:
        return LinkState::NotThere;
    }
}

} // namespace

void LinkSocket::open(const LinkEndpoint &endpoint)
{
    if (endpoint.path.isEmpty())
        openTcp(endpoint);
    else
        openUnix(endpoint.path);
}

void LinkSocket::openTcp(const LinkEndpoint &endpoint)
{
    m_tcpOrNull = new QTcpSocket(this);
    m_deviceOrNull = m_tcpOrNull;
    m_tcpOrNull->setProxy(QNetworkProxy::NoProxy);
    connect(m_tcpOrNull, &QTcpSocket::connected, this, [this] {
        m_tcpOrNull->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        onOpened();
    });
    connect(m_tcpOrNull, &QTcpSocket::readyRead, this, &LinkSocket::readyRead);
    connect(m_tcpOrNull, &QTcpSocket::errorOccurred, this, [this](auto error) { onError(stateOf(error)); });
    connect(m_tcpOrNull, &QTcpSocket::disconnected, this, [this] { onClosed(u"the server closed the connection"_s); });
    m_tcpOrNull->connectToHost(endpoint.host, endpoint.port);
}

void LinkSocket::openUnix(const QString &path)
{
    m_unixOrNull = new QLocalSocket(this);
    m_deviceOrNull = m_unixOrNull;
    connect(m_unixOrNull, &QLocalSocket::connected, this, &LinkSocket::onOpened);
    connect(m_unixOrNull, &QLocalSocket::readyRead, this, &LinkSocket::readyRead);
    connect(m_unixOrNull, &QLocalSocket::errorOccurred, this, [this](auto error) { onError(stateOf(error)); });
    connect(m_unixOrNull, &QLocalSocket::disconnected, this,
            [this] { onClosed(u"the server closed the connection"_s); });
    m_unixOrNull->connectToServer(path);
}

qsizetype LinkSocket::read(std::span<char> buffer)
{
    if (!m_deviceOrNull)
        return 0;
    return std::max<qint64>(0, m_deviceOrNull->read(buffer.data(), static_cast<qint64>(buffer.size())));
}

void LinkSocket::write(const QByteArray &bytes)
{
    if (m_deviceOrNull && !m_isDone)
        m_deviceOrNull->write(bytes);
}

void LinkSocket::flush()
{
    if (m_isDone)
        return;
    if (m_tcpOrNull)
        m_tcpOrNull->flush();
    if (m_unixOrNull)
        m_unixOrNull->flush();
}

void LinkSocket::abandon()
{
    m_isDone = true;
    if (m_tcpOrNull)
        m_tcpOrNull->abort();
    if (m_unixOrNull)
        m_unixOrNull->abort();
}

void LinkSocket::onOpened()
{
    m_isOpen = true;
    Q_EMIT opened();
}

void LinkSocket::onError(LinkState state)
{
    const auto why = m_deviceOrNull->errorString();
    if (m_isOpen) {
        onClosed(why);
    } else if (!m_isDone) {
        m_isDone = true;
        Q_EMIT openFailed(state, why);
    }
}

void LinkSocket::onClosed(const QString &why)
{
    if (std::exchange(m_isDone, true) || !m_isOpen)
        return;
    Q_EMIT closed(why);
}

} // namespace interlock::openvpn
