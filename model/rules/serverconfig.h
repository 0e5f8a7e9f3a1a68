// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <vector>

namespace interlock {

/// One option of an OpenVPN configuration.
struct ServerDirective
{
    QString name; ///< without the leading `--` that OpenVPN allows
    QStringList arguments;
    int line = 0;          ///< where it stands, from 1; for an inline block that of its opening tag
    bool isInline = false; ///< `<name>` ... `</name>`
    int inlineLines = 0;   ///< lines between the tags; their content, which may be a key, is not kept

    /// The argument at `index` or an empty text.
    [[nodiscard]] QString argument(qsizetype index) const { return arguments.value(index); }
    /// The option as it is written, without its quotes: "server 10.8.0.0 255.255.255.0".
    [[nodiscard]] QString toString() const;

    friend bool operator==(const ServerDirective &, const ServerDirective &) = default;
};

/// The configuration file of an OpenVPN server as OpenVPN reads it: comments, quotes, inline blocks. Every option is
/// kept in its order, known or not. What OpenVPN would refuse to read at all is an error, never left out.
class ServerConfig
{
public:
    /// Largest file that is read; a configuration with all its keys inline is some 20 kB.
    static constexpr qsizetype kMaxSize = 1024 * 1024;

    /// \returns with payload `line` (from 1): Limit for a line over 254 bytes or 16 words, Invalid for an open quote, a
    ///          control character, bytes that are no UTF-8, or a block that is not closed; without a line: Limit for a
    ///          file over kMaxSize
    ///
    /// \complexity O(n) in bytes
    ///
    /// \source read_config_file() and check_inline_file() of OpenVPN 2.6
    [[nodiscard]] static Expected<ServerConfig> parse(const QByteArray &content);

    [[nodiscard]] const std::vector<ServerDirective> &directives() const { return m_directives; }
    [[nodiscard]] bool has(QStringView name) const { return lastOrNull(name) != nullptr; }
    /// The directive that counts where OpenVPN keeps one value: the last of that name. Null when there is none.
    [[nodiscard]] const ServerDirective *lastOrNull(QStringView name) const;
    /// All of that name, in order.
    [[nodiscard]] std::vector<const ServerDirective *> all(QStringView name) const;

    friend bool operator==(const ServerConfig &, const ServerConfig &) = default;

private:
    std::vector<ServerDirective> m_directives;
};

} // namespace interlock
