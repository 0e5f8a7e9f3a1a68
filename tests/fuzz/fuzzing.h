// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

/// Stops the fuzzer with `what`: a promise is broken.
#define FUZZ_EXPECT(what)                                                                                              \
    do {                                                                                                               \
        if (!(what)) {                                                                                                 \
            std::fputs("broken promise: " #what "\n", stderr);                                                         \
            std::abort();                                                                                              \
        }                                                                                                              \
    } while (false)

/// The fuzzer's bytes, not copied.
inline QByteArray bytesOf(const std::uint8_t *data, std::size_t size)
{
    return QByteArray::fromRawData(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
}

/// The fuzzer's bytes as text; what is no UTF-8 becomes U+FFFD.
inline QString textOf(const std::uint8_t *data, std::size_t size)
{
    return QString::fromUtf8(bytesOf(data, size));
}
