// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/linux/learnsocket.h"

#include <QFile>

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr std::size_t kLargestDatagram = 1024;
/// In one go, so that a flood leaves room for logins; the rest waits in the socket.
constexpr int kAtOnce = 256;

QString systemsWords()
{
    return QString::fromLocal8Bit(std::strerror(errno)); // NOLINT(concurrency-mt-unsafe): glibc's is
}

/// True if a process receives there: a file that a dead one left refuses.
bool isAlive(const sockaddr_un &address)
{
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return false;
    const bool connected = ::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    ::close(descriptor);
    return connected;
}

} // namespace

Expected<std::unique_ptr<LearnSocket>> LearnSocket::listen(const QString &path)
{
    const QByteArray file = QFile::encodeName(path);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (file.isEmpty() || static_cast<std::size_t>(file.size()) >= sizeof address.sun_path)
        return fail(ErrorKind::Invalid, u"the path of the socket is empty or longer than 107 bytes"_s);
    std::memcpy(address.sun_path, file.constData(), static_cast<std::size_t>(file.size()));
    if (isAlive(address))
        return fail(ErrorKind::LeaseHeld, u"another process listens on %1"_s.arg(path));
    struct stat found
    {
    };
    if (::lstat(file.constData(), &found) == 0 && S_ISSOCK(found.st_mode))
        ::unlink(file.constData());
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return fail(ErrorKind::BackendUnavailable, u"no socket: "_s + systemsWords());
    if (::bind(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0 ||
        ::chmod(file.constData(), 0660) != 0) {
        const QString why = systemsWords();
        ::close(descriptor);
        return fail(ErrorKind::BackendUnavailable, u"%1 cannot be made: %2"_s.arg(path, why));
    }
    return std::unique_ptr<LearnSocket>(new LearnSocket(descriptor, path));
}

LearnSocket::LearnSocket(int descriptor, QString path)
    : m_descriptor(descriptor), m_path(std::move(path)), m_notifier(descriptor, QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, &LearnSocket::read);
}

LearnSocket::~LearnSocket()
{
    m_notifier.setEnabled(false);
    ::close(m_descriptor);
    ::unlink(QFile::encodeName(m_path).constData());
}

void LearnSocket::read()
{
    std::array<char, kLargestDatagram> buffer{};
    for (int i = 0; i < kAtOnce; ++i) {
        const auto size = ::recv(m_descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC);
        if (size < 0)
            return;
        if (static_cast<std::size_t>(size) > buffer.size())
            continue; // longer than any of ours
        const QList<QByteArray> fields = QByteArray(buffer.data(), size).split('\0');
        if (fields.size() != 5 || fields[0] != "interlock-learn/1")
            continue;
        Q_EMIT learnt(QString::fromUtf8(fields[1]), QString::fromUtf8(fields[2]), QString::fromUtf8(fields[3]),
                      QString::fromUtf8(fields[4]));
    }
}

} // namespace interlock
