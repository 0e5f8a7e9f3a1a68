// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/output.h"

#include "app/interlockctl/words.h"

#include <QJsonDocument>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

bool obeyedByTerminals(QChar c)
{
    return c.category() == QChar::Other_Control || c.category() == QChar::Other_Format ||
           c.category() == QChar::Separator_Line || c.category() == QChar::Separator_Paragraph;
}

/// \returns false when the stream does not take it: a full disk, a closed pipe
bool write(std::FILE *stream, const QByteArray &bytes)
{
    const auto size = static_cast<std::size_t>(bytes.size());
    return std::fwrite(bytes.constData(), 1, size, stream) == size && std::fflush(stream) == 0;
}

bool write(std::FILE *stream, const QString &text)
{
    return write(stream, text.toUtf8());
}

bool writeDocument(const QJsonObject &document)
{
    // Such characters only occur inside strings, where this is the same text to every reader of JSON.
    const QString text = QString::fromUtf8(QJsonDocument(document).toJson(QJsonDocument::Indented));
    return write(stdout, printable(text, true));
}

} // namespace

QString printable(QStringView text, bool keepsLines)
{
    QString result;
    result.reserve(text.size());
    for (const QChar c : text) {
        if (!obeyedByTerminals(c) || (keepsLines && c == u'\n'))
            result += c;
        else
            result += u"\\u%1"_s.arg(c.unicode(), 4, 16, QChar(u'0'));
    }
    return result;
}

QJsonObject errorJson(const Error &error)
{
    return {{u"kind"_s, nameOf(error.kind)}, {u"message"_s, error.detail}, {u"details"_s, error.payload}};
}

int Output::print(const Answer &answer) const
{
    for (const QString &line : answer.notes)
        note(line);
    const bool isWritten = answer.isPrinted          ? true
                           : m_isJson                ? writeDocument(answer.document)
                           : !answer.bytes.isEmpty() ? write(stdout, answer.bytes)
                           : answer.text.isEmpty()   ? true
                                                     : write(stdout, printable(answer.text, true) + u'\n');
    if (!isWritten)
        note(u"interlockctl: the answer could not be written to standard output"_s);
    return isWritten ? answer.exitCode : 1;
}

int Output::print(const Error &error, const QString &doing) const
{
    if (m_isJson) {
        writeDocument({{u"error"_s, errorJson(error)}});
    } else {
        write(stderr, printable(errorText(error, doing), true) + u'\n');
    }
    return exitCodeFor(error);
}

bool Output::line(const QString &text)
{
    return write(stdout, printable(text) + u'\n');
}

void Output::note(const QString &line)
{
    write(stderr, printable(line, true) + u'\n');
}

} // namespace interlock
