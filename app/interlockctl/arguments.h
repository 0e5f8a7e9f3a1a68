// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/answer.h"
#include "model/rules/rowcodec.h"
#include "model/values/macaddress.h"
#include "model/values/name.h"
#include "model/values/prefix.h"
#include "model/values/timestamp.h"

#include <concepts>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace interlock {

/// A value on the command line that its type refused. It leaves CLI11's parser as an exception, because that is the
/// only way out of it, and becomes the program's answer in CommandTree::parse().
struct BadValue
{
    Error error;
};

/// The words of the command line in a form that CLI11 gives back unchanged: it has meanings of its own for `[...]`,
/// `{}`, `++` and an empty `--option=`.
[[nodiscard]] std::vector<std::string> encodeWords(int argc, const char *const *argv);

/// The inverse of encodeWords() for one word. \throws BadValue when it is not UTF-8
[[nodiscard]] QString decodeWord(const std::string &word, const std::string &argument);

/// Reads one value. Domain types by their own parse(), choices by their words, numbers, `yes` and `no`; an empty text
/// is an optional value's absence.
template <typename T>
[[nodiscard]] Expected<T> readValue(const QString &text)
{
    if constexpr (std::same_as<T, QString>) {
        return text;
    } else if constexpr (std::same_as<T, bool>) {
        if (text == QLatin1String("yes") || text == QLatin1String("no"))
            return text == QLatin1String("yes");
        return fail(ErrorKind::Invalid, QStringLiteral("'%1' is neither yes nor no").arg(text.left(40)));
    } else if constexpr (std::integral<T>) {
        bool isNumber = false;
        const qint64 number = text.toLongLong(&isNumber);
        if (!isNumber || !std::in_range<T>(number))
            return fail(ErrorKind::Invalid, QStringLiteral("'%1' is not a whole number").arg(text.left(40)));
        return static_cast<T>(number);
    } else if constexpr (NamedEnum<T>) {
        return parseEnum<T>(text);
    } else if constexpr (kIsOptional<T>) {
        if (text.isEmpty())
            return T();
        return readValue<typename T::value_type>(text).map([](const auto &value) { return T(value); });
    } else {
        return T::parse(text);
    }
}

/// Declares what a verb takes. Values are read into domain types while the line is parsed; what a type refuses leaves
/// the parser as BadValue, with the argument's name in `details.argument`. A name that begins with `--` is an option,
/// any other a positional argument. The targets must outlive the parsing.
class Arguments
{
public:
    explicit Arguments(CLI::App &app) : m_app(app) {}

    template <typename T>
    void required(const char *name, std::optional<T> &into, const char *help, const char *shownAs = "")
    {
        declare(name, takeOne(name, into), help, shownAs, Count::ExactlyOne);
    }
    template <typename T>
    void optional(const char *name, std::optional<T> &into, const char *help, const char *shownAs = "")
    {
        declare(name, takeOne(name, into), help, shownAs, Count::AtMostOne);
    }
    /// An option that is given again for each value.
    template <typename T>
    void repeated(const char *name, std::vector<T> &into, bool isRequired, const char *help, const char *shownAs = "")
    {
        const auto take = [name, &into](const std::vector<std::string> &words) {
            into.clear();
            for (const std::string &word : words)
                into.push_back(valueOf<T>(word, name));
        };
        declare(name, take, help, shownAs, isRequired ? Count::AtLeastOne : Count::Any);
    }
    /// All positional words that are left, none included.
    void words(const char *name, QStringList &into, const char *help);
    void flag(const char *name, bool &into, const char *help);

    /// `--confirm KIND`, again for each.
    void confirm(std::vector<Confirmation> &into);
    void dryRun(EditOptions &into);
    /// `--dry-run` and `--if-version`, where a versioned row is edited.
    void edit(EditOptions &into);

private:
    enum class Count { ExactlyOne, AtMostOne, AtLeastOne, Any };
    using Take = std::function<void(const std::vector<std::string> &)>;

    template <typename T>
    static Take takeOne(const char *name, std::optional<T> &into)
    {
        return [name, &into](const std::vector<std::string> &words) { into = valueOf<T>(words.front(), name); };
    }
    template <typename T>
    static T valueOf(const std::string &word, const char *name)
    {
        auto value = readValue<T>(decodeWord(word, name));
        if (!value)
            refuse(value.error(), name);
        return *std::move(value);
    }
    [[noreturn]] static void refuse(Error error, const std::string &argument);
    void declare(const char *name, const Take &take, const char *help, const char *shownAs, Count count);

    CLI::App &m_app;

    friend QString decodeWord(const std::string &word, const std::string &argument);
};

} // namespace interlock
