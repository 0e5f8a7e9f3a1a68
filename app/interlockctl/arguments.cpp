// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/arguments.h"

#include "app/interlockctl/utf8.h"

#include <CLI/CLI.hpp>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr char kAsItIs = '\x01';

bool meansSomethingToTheParser(const std::string &word)
{
    return word.starts_with('[') || word.starts_with('{') || word.starts_with(kAsItIs) || word == "++" || word == "%%";
}

} // namespace

std::vector<std::string> encodeWords(int argc, const char *const *argv)
{
    std::vector<std::string> words;
    bool areOptionsOver = false;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (!areOptionsOver && word == "--") {
            areOptionsOver = true;
            words.push_back(word);
        } else if (!areOptionsOver && word.starts_with("--") && word.find('=') == word.size() - 1) {
            words.push_back(word.substr(0, word.size() - 1));
            words.emplace_back(1, kAsItIs);
        } else {
            words.push_back(meansSomethingToTheParser(word) ? kAsItIs + word : word);
        }
    }
    return words;
}

QString decodeWord(const std::string &word, const std::string &argument)
{
    const bool isMarked = !word.empty() && word.front() == kAsItIs;
    auto text = fromStrictUtf8(QByteArray::fromStdString(isMarked ? word.substr(1) : word));
    if (!text)
        Arguments::refuse(Error{ErrorKind::Invalid, u"the text is not valid UTF-8"_s, {}}, argument);
    return *std::move(text);
}

void Arguments::refuse(Error error, const std::string &argument)
{
    error.payload.insert(u"argument"_s, QString::fromStdString(argument));
    throw BadValue{std::move(error)};
}

void Arguments::words(const char *name, QStringList &into, const char *help)
{
    const auto take = [name, &into](const CLI::results_t &given) {
        into.clear();
        for (const std::string &word : given)
            into += decodeWord(word, name);
        return true;
    };
    m_app.add_option(name, take, help)->expected(0, -1)->allow_extra_args();
}

void Arguments::flag(const char *name, bool &into, const char *help)
{
    m_app.add_flag(name, into, help);
}

void Arguments::confirm(std::vector<Confirmation> &into)
{
    repeated("--confirm", into, false, "Do it all the same: what a refusal asks for, again for each", "KIND");
}

void Arguments::dryRun(EditOptions &into)
{
    flag("--dry-run", into.isDryRun, "Print what would change and change nothing");
}

void Arguments::edit(EditOptions &into)
{
    dryRun(into);
    optional("--if-version", into.ifVersion, "Refuse (kind stale) unless the row still has this version", "N");
}

void Arguments::declare(const char *name, const Take &take, const char *help, const char *shownAs, Count count)
{
    CLI::Option *option = m_app.add_option(
        name,
        [take](const CLI::results_t &words) {
            take(words);
            return true;
        },
        help);
    if (*shownAs != '\0')
        option->type_name(shownAs);
    if (count == Count::ExactlyOne || count == Count::AtLeastOne)
        option->required();
    if (count == Count::AtLeastOne || count == Count::Any)
        option->take_all();
}

} // namespace interlock
