// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/answer.h"

#include <QStringView>

namespace interlock {

/// `text` without anything that a terminal obeys: control and format characters become `\u00XX`. Newlines stay when
/// `keepsLines`.
[[nodiscard]] QString printable(QStringView text, bool keepsLines = false);

/// What an `"error"` of a document holds: {kind, message, details}.
[[nodiscard]] QJsonObject errorJson(const Error &error);

/// The two streams of the program: one document or one text on standard output, everything else on standard error.
class Output
{
public:
    explicit Output(bool isJson) : m_isJson(isJson) {}

    [[nodiscard]] bool isJson() const { return m_isJson; }

    /// Prints the answer and its notes. \returns the exit code
    [[nodiscard]] int print(const Answer &answer) const;
    /// Prints the error where it belongs. \param doing  the words of the command line that failed, "claim release"
    /// \returns the exit code
    [[nodiscard]] int print(const Error &error, const QString &doing) const;
    /// One line on standard output, at once. \returns false when nobody reads any more
    [[nodiscard]] static bool line(const QString &text);
    /// One line on standard error.
    static void note(const QString &line);

private:
    bool m_isJson;
};

} // namespace interlock
