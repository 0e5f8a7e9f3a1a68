// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/importsource.h"

#include "app/interlockctl/interrupt.h"
#include "app/interlockctl/output.h"

#include <QFile>
#include <QFileInfo>

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr qint64 kProgressStep = 16 * 1024 * 1024; // bytes

/// A file that is closed at the end.
class Descriptor
{
public:
    explicit Descriptor(int number) : m_number(number) {}
    ~Descriptor()
    {
        if (m_number > STDERR_FILENO)
            ::close(m_number);
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;

    [[nodiscard]] int number() const { return m_number; }

private:
    int m_number;
};

Expected<void> checkKind(const QString &path, ImportFormat format)
{
    const QFileInfo info(path);
    const QJsonObject payload{{u"path"_s, path}};
    if (!info.exists())
        return fail(ErrorKind::NotFound, u"there is no file '%1'"_s.arg(path), payload);
    if (info.isDir())
        return fail(ErrorKind::Unsupported, u"'%1' is a folder"_s.arg(path), payload);
    const QString suffix = info.suffix().toLower();
    const bool isKnown = suffix.isEmpty() || suffix == u"csv" || suffix == u"json";
    if (format == ImportFormat::Auto && info.isFile() && !isKnown)
        return fail(ErrorKind::Unsupported,
                    u"the file type .%1 is not supported: .csv or .json, or say the format with --format"_s.arg(suffix),
                    payload);
    return {};
}

Expected<int> open(const QString &path, ImportFormat format)
{
    if (path == u"-")
        return STDIN_FILENO;
    if (const auto ok = checkKind(path, format); !ok)
        return fail(ok.error());
    const int number = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (number < 0)
        return fail(ErrorKind::ReadOnly, u"'%1' cannot be read: %2"_s.arg(path, qt_error_string(errno)),
                    {{u"path"_s, path}});
    return number;
}

} // namespace

Expected<ImportFile> readImport(const QString &path, ImportFormat format)
{
    const auto opened = open(path, format);
    if (!opened)
        return fail(opened.error());
    const Descriptor source(*opened);
    ImportReader reader(format);
    std::array<char, 64 * 1024> piece = {};
    qint64 bytes = 0;
    for (;;) {
        const ssize_t size = ::read(source.number(), piece.data(), piece.size());
        const int error = errno;
        // Also at the end: what was asked before it came is not lost.
        if (Interrupt::wasAsked())
            return fail(ErrorKind::Conflict, u"the import was cancelled"_s, {{u"cancelled"_s, true}});
        if (size < 0 && error == EINTR)
            continue;
        if (size < 0)
            return fail(ErrorKind::ReadOnly, u"'%1' cannot be read: %2"_s.arg(path, qt_error_string(error)),
                        {{u"path"_s, path}});
        if (size == 0 || !reader.feed(QByteArrayView(piece.data(), size)))
            break;
        if ((bytes + size) / kProgressStep > bytes / kProgressStep)
            Output::note(u"read %1 MiB"_s.arg((bytes + size) / (1024 * 1024)));
        bytes += size;
    }
    return reader.finish();
}

} // namespace interlock
