// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/serverconfig.h"

#include "model/rules/optionline.h"

#include <QByteArrayView>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// The lines of a file, one after the other.
class ConfigLines
{
public:
    explicit ConfigLines(QByteArrayView content) : m_rest(content)
    {
        if (m_rest.startsWith(QByteArrayView("\xEF\xBB\xBF")))
            m_rest = m_rest.sliced(3);
    }

    /// The next line without its end; none at the end of the file.
    std::optional<QByteArrayView> next()
    {
        if (m_rest.isEmpty())
            return std::nullopt;
        ++m_number;
        const qsizetype end = m_rest.indexOf('\n');
        QByteArrayView line = end < 0 ? m_rest : m_rest.first(end);
        m_rest = end < 0 ? QByteArrayView() : m_rest.sliced(end + 1);
        if (line.endsWith('\r'))
            line.chop(1);
        return line;
    }
    [[nodiscard]] int number() const { return m_number; }

private:
    QByteArrayView m_rest;
    int m_number = 0;
};

tl::unexpected<Error> badLine(int line, ErrorKind kind, const QString &what)
{
    return fail(kind, u"line %1 of the configuration: %2"_s.arg(QString::number(line), what), {{u"line"_s, line}});
}

/// The name of the block that the words open; empty when they open none.
QString blockOf(const QStringList &words)
{
    const QString &word = words.front();
    const bool isTag = words.size() == 1 && word.size() > 2 && word.startsWith(u'<') && word.endsWith(u'>');
    return isTag ? word.sliced(1, word.size() - 2) : QString();
}

/// Reads to the block's closing tag. \returns the number of lines between the tags
Expected<int> skipBlock(ConfigLines &lines, const QString &name, int opened)
{
    const QByteArray close = "</" + name.toUtf8() + '>';
    int count = 0;
    while (const auto line = lines.next()) {
        if (line->contains('\0'))
            return badLine(lines.number(), ErrorKind::Invalid, u"it contains a zero byte"_s);
        if (line->trimmed().startsWith(close)) // OpenVPN does not look at what follows either
            return count;
        ++count;
    }
    return badLine(opened, ErrorKind::Invalid, u"the block <%1> is not closed"_s.arg(name.left(40)));
}

Expected<QStringList> wordsOf(QByteArrayView line, int number)
{
    if (line.contains('\0'))
        return badLine(number, ErrorKind::Invalid, u"it contains a zero byte"_s);
    auto words = splitOptionLine(line);
    if (!words)
        return badLine(number, words.error().kind, words.error().detail);
    const bool isText = std::ranges::none_of(
        *words, [](const QString &word) { return word.contains(QChar(QChar::ReplacementCharacter)); });
    if (!isText)
        return badLine(number, ErrorKind::Invalid, u"it contains bytes that are no UTF-8"_s);
    if (!words->isEmpty() && words->front().startsWith(u"--"))
        words->front().remove(0, 2);
    if (!words->isEmpty() && words->front().isEmpty())
        return badLine(number, ErrorKind::Invalid, u"the option has no name"_s);
    return words;
}

} // namespace

QString ServerDirective::toString() const
{
    if (isInline)
        return u'<' + name + u'>';
    return (QStringList{name} + arguments).join(u' ');
}

Expected<ServerConfig> ServerConfig::parse(const QByteArray &content)
{
    ServerConfig config;
    ConfigLines lines(content);
    while (const auto line = lines.next()) {
        const int number = lines.number();
        auto words = wordsOf(*line, number);
        if (!words)
            return fail(words.error());
        if (words->isEmpty())
            continue;
        ServerDirective directive{words->front(), words->mid(1), number};
        if (const QString block = blockOf(*words); !block.isEmpty()) {
            const auto count = skipBlock(lines, block, number);
            if (!count)
                return fail(count.error());
            directive.name = block;
            directive.isInline = true;
            directive.inlineLines = *count;
        }
        config.m_directives.push_back(std::move(directive));
    }
    // Last, because a line that is wrong says more than the size.
    if (content.size() > kMaxSize)
        return fail(ErrorKind::Limit, u"the configuration is larger than 1 MiB"_s, {{u"limit"_s, kMaxSize}});
    return config;
}

const ServerDirective *ServerConfig::lastOrNull(QStringView name) const
{
    const auto found = std::find_if(m_directives.rbegin(), m_directives.rend(),
                                    [&](const ServerDirective &directive) { return directive.name == name; });
    return found == m_directives.rend() ? nullptr : &*found;
}

std::vector<const ServerDirective *> ServerConfig::all(QStringView name) const
{
    std::vector<const ServerDirective *> found;
    for (const ServerDirective &directive : m_directives) {
        if (directive.name == name)
            found.push_back(&directive);
    }
    return found;
}

} // namespace interlock
