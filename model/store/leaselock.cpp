// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/leaselock.h"

#include <QCryptographicHash>
#include <QFileInfo>

#include <utility>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// By whatever name the store was opened, the file is one.
QByteArray lockPath(const QString &store)
{
    const QString canonical = QFileInfo(store).canonicalFilePath();
    return (canonical.isEmpty() ? store : canonical).toUtf8() + ".leases";
}

/// The byte of a lease: so wide a number that two names have one only by intent, and then they only exclude each other.
struct flock byteOf(LeaseKind kind, const QString &name)
{
    const QByteArray key = enumText(kind).toUtf8() + '/' + name.toUtf8();
    const QByteArray hash = QCryptographicHash::hash(key, QCryptographicHash::Sha256);
    quint64 number = 0;
    std::memcpy(&number, hash.constData(), sizeof number);
    struct flock range = {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = static_cast<off_t>(number >> 2U);
    range.l_len = 1;
    return range;
}

} // namespace

Expected<std::optional<LeaseLock>> LeaseLock::take(const QString &store, LeaseKind kind, const QString &name)
{
    const QByteArray path = lockPath(store);
    // Who may write the store may take its leases.
    struct stat file = {};
    const mode_t mode = ::stat(store.toUtf8().constData(), &file) == 0 ? file.st_mode & 0666U : 0600U;
    LeaseLock lock(::open(path.constData(), O_RDWR | O_CREAT | O_CLOEXEC, mode));
    if (lock.m_descriptor < 0)
        return fail(ErrorKind::StoreUnavailable,
                    u"%1 cannot be opened (%2)"_s.arg(QString::fromUtf8(path), qt_error_string(errno)));
    // Of the open file, not of the process, as other locks of fcntl are: those vanish when any copy is closed.
    struct flock range = byteOf(kind, name);
    if (::fcntl(lock.m_descriptor, F_OFD_SETLK, &range) == 0)
        return lock;
    if (errno == EAGAIN || errno == EACCES)
        return std::nullopt;
    return fail(ErrorKind::StoreUnavailable,
                u"%1 cannot be locked (%2)"_s.arg(QString::fromUtf8(path), qt_error_string(errno)));
}

bool LeaseLock::isTaken(const QString &store, LeaseKind kind, const QString &name)
{
    const LeaseLock file(::open(lockPath(store).constData(), O_RDWR | O_CLOEXEC));
    if (file.m_descriptor < 0)
        return false;
    struct flock range = byteOf(kind, name);
    return ::fcntl(file.m_descriptor, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}

LeaseLock::LeaseLock(LeaseLock &&other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

LeaseLock &LeaseLock::operator=(LeaseLock &&other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

LeaseLock::~LeaseLock()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

} // namespace interlock
