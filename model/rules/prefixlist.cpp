// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/prefixlist.h"

#include <QString>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

bool separates(QChar c)
{
    return c.isSpace() || c == u',' || c == u';';
}

/// A word of the list, and whether nothing but blanks stands between it and the next one on its line.
struct Word
{
    QStringView text;
    bool isFollowedByBlank = false;
};

std::vector<Word> wordsOf(QStringView line)
{
    std::vector<Word> words;
    qsizetype at = 0;
    while (at < line.size() && line[at] != u'#') {
        if (separates(line[at])) {
            if (line[at] == u',' || line[at] == u';') {
                if (!words.empty())
                    words.back().isFollowedByBlank = false;
            }
            ++at;
            continue;
        }
        const qsizetype begin = at;
        while (at < line.size() && !separates(line[at]) && line[at] != u'#')
            ++at;
        words.push_back({line.sliced(begin, at - begin), true});
    }
    return words;
}

/// True for the second half of "10.0.0.0 255.0.0.0": no LAN begins with such an octet.
bool isMask(QStringView text)
{
    const auto address = Address::parse(text);
    return address && address->isIPv4() && ((address->value() >> 24U) == 255U || address->value() == 0);
}

Expected<Prefix> onePrefix(const std::vector<Word> &words, std::size_t &at)
{
    const Word &word = words[at++];
    const bool hasMask = word.isFollowedByBlank && at < words.size() && !word.text.contains(u'/') &&
                         Address::parse(word.text) && isMask(words[at].text);
    if (!hasMask)
        return Prefix::parse(word.text);
    return Prefix::parse(u"%1 %2"_s.arg(word.text, words[at++].text));
}

} // namespace

Expected<std::vector<Prefix>> parsePrefixList(QStringView text)
{
    std::vector<Prefix> prefixes;
    int lineNumber = 0;
    for (const QStringView line : text.split(u'\n')) {
        ++lineNumber;
        const std::vector<Word> words = wordsOf(line);
        for (std::size_t at = 0; at < words.size();) {
            const QStringView shown = words[at].text;
            const auto prefix = onePrefix(words, at);
            if (!prefix) {
                Error error = prefix.error();
                error.payload.insert(u"line"_s, lineNumber);
                error.payload.insert(u"text"_s, shown.left(80).toString());
                return fail(error);
            }
            prefixes.push_back(*prefix);
        }
    }
    return prefixes;
}

} // namespace interlock
