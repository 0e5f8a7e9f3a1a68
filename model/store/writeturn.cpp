// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/writeturn.h"

#include <QFileInfo>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

/// Numbers end here, in a thousand years.
constexpr std::uint64_t kLast = std::uint64_t{1} << 61U;
/// Whose turn it is looks after the file so often; those behind look more seldom, the further back they are.
constexpr std::chrono::microseconds kLook = 200us;
constexpr std::chrono::microseconds kLookAtMost = 5ms;
/// After so long without a sign of life the others go past.
constexpr std::chrono::milliseconds kAsleep = 1s;

struct flock bytes(short type, std::uint64_t first, std::uint64_t last)
{
    struct flock range = {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = static_cast<off_t>(first);
    range.l_len = static_cast<off_t>(last - first + 1);
    return range;
}

void raise(std::atomic<std::uint64_t> &value, std::uint64_t to)
{
    std::uint64_t now = value.load();
    while (now < to && !value.compare_exchange_weak(now, to)) {
    }
}

} // namespace

/// What all see. Zeros at first, as a new file has them.
struct WriteTurn::Board
{
    std::atomic<std::uint64_t> next; ///< the number that is drawn next
    std::atomic<std::uint64_t> done; ///< all below have had their turn, or are passed by
    std::atomic<std::uint64_t> beat; ///< changes while whose turn it is is awake

    static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
};

WriteTurn::~WriteTurn()
{
    close();
}

bool WriteTurn::open()
{
    if (std::exchange(m_isTried, true))
        return m_board != nullptr;
    // By whatever name the store was opened, the file is one; who may write the store may wait for it.
    const QString canonical = QFileInfo(m_store).canonicalFilePath();
    const QByteArray path = (canonical.isEmpty() ? m_store : canonical).toUtf8() + ".turns";
    struct stat file = {};
    const mode_t mode = ::stat(m_store.toUtf8().constData(), &file) == 0 ? file.st_mode & 0666U : 0600U;
    m_descriptor = ::open(path.constData(), O_RDWR | O_CREAT | O_CLOEXEC, mode);
    if (m_descriptor < 0)
        return false;
    // The room is taken first: a write into a mapped page that the disk has no room for ends the process.
    void *page = MAP_FAILED;
    if (::posix_fallocate(m_descriptor, 0, sizeof(Board)) == 0)
        page = ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED, m_descriptor, 0);
    if (page == MAP_FAILED)
        close();
    else
        m_board = static_cast<Board *>(page);
    return m_board != nullptr;
}

void WriteTurn::close()
{
    m_number.reset();
    if (m_board)
        ::munmap(std::exchange(m_board, nullptr), sizeof(Board));
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

std::optional<std::uint64_t> WriteTurn::held(std::uint64_t first, std::uint64_t last) const
{
    struct flock range = bytes(F_WRLCK, first, last);
    if (first > last || ::fcntl(m_descriptor, F_OFD_GETLK, &range) != 0 || range.l_type == F_UNLCK)
        return {};
    return std::max(first, static_cast<std::uint64_t>(range.l_start));
}

bool WriteTurn::isSomebodyWaiting()
{
    if (!open())
        return false;
    const std::uint64_t done = m_board->done;
    return done < m_board->next && held(done, kLast).has_value();
}

bool WriteTurn::draw()
{
    for (;;) {
        const std::uint64_t number = m_board->next.fetch_add(1);
        struct flock byte = bytes(F_WRLCK, number, number);
        if (number < kLast && ::fcntl(m_descriptor, F_OFD_SETLK, &byte) == 0) {
            m_number = number;
            return true;
        }
        // Somebody has it, when the file was put back to an older state; any other failure is of the file system.
        if (number >= kLast || (errno != EAGAIN && errno != EACCES))
            return false;
    }
}

bool WriteTurn::await(QDeadlineTimer &until, std::chrono::milliseconds patience)
{
    if (!open())
        return !until.hasExpired();
    if (!m_number && !draw()) {
        close();
        return !until.hasExpired();
    }
    std::uint64_t beat = m_board->beat;
    std::uint64_t doneBefore = m_board->done;
    QDeadlineTimer asleep(kAsleep);
    for (;;) {
        const std::uint64_t done = m_board->done;
        const auto before = *m_number == 0 ? std::optional<std::uint64_t>() : held(done, *m_number - 1);
        if (!before) {
            ++m_board->beat;
            return !until.hasExpired();
        }
        if (std::exchange(doneBefore, done) < done)
            until.setRemainingTime(patience);
        if (until.hasExpired())
            return false;
        if (const std::uint64_t now = m_board->beat; now != beat) {
            beat = now;
            asleep.setRemainingTime(kAsleep);
        } else if (asleep.hasExpired()) {
            raise(m_board->done, *before + 1);
            asleep.setRemainingTime(kAsleep);
        }
        const auto ahead = static_cast<std::int64_t>(*m_number - std::min(*m_number, done));
        std::this_thread::sleep_for(std::min(kLookAtMost, kLook * std::clamp<std::int64_t>(ahead, 1, 1000)));
    }
}

void WriteTurn::giveBack()
{
    raise(m_board->done, *m_number + 1);
    ++m_board->beat;
    struct flock byte = bytes(F_UNLCK, *m_number, *m_number);
    (void)::fcntl(m_descriptor, F_OFD_SETLK, &byte);
    m_number.reset();
}

} // namespace interlock
