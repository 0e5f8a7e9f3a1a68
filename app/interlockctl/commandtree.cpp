// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commandtree.h"

#include "app/interlockctl/output.h"
#include "app/interlockctl/suggestion.h"

#include <CLI/CLI.hpp>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr auto kFooter =
    R"(Exit codes: 0 done, also when nothing had to change; 1 refused or failed, nothing changed; 2 wrong usage.
Every verb has --help; `interlockctl help` prints the whole contract, with the JSON keys and the kinds of error.
A value that begins with '-' goes after `--`:  interlockctl connector show -- -odd-name)";

QStringList namesOf(const CLI::App &app)
{
    QStringList names;
    for (const CLI::App *sub : app.get_subcommands([](const CLI::App *) { return true; }))
        names += QString::fromStdString(sub->get_name());
    return names;
}

/// The subcommand of that name, or null.
const CLI::App *subcommandOrNull(const CLI::App &app, const std::string &name)
{
    const auto found = app.get_subcommands([&](const CLI::App *sub) { return sub->get_name() == name; });
    return found.empty() ? nullptr : found.front();
}

bool hasVerbs(const CLI::App &app)
{
    return !namesOf(app).isEmpty();
}

QString verbsOf(const CLI::App &app)
{
    return app.get_parent() ? u"verb of %1"_s.arg(QString::fromStdString(app.get_name())) : u"group"_s;
}

tl::unexpected<Error> unknownWord(const CLI::App &app, const QString &word)
{
    const QStringList known = namesOf(app);
    QString sentence = u"there is no %1 '%2'"_s.arg(verbsOf(app), printable(word.left(40)));
    QJsonObject payload{{u"word"_s, word.left(40)}};
    if (const auto near = nearestWord(word, known)) {
        sentence += u"; did you mean '%1'?"_s.arg(*near);
        payload.insert(u"suggestion"_s, *near);
    } else {
        sentence += u"; there are: "_s + known.join(u", "_s);
    }
    return fail(ErrorKind::Usage, sentence, payload);
}

Action answerWith(const QString &text)
{
    return [text](Session &) -> Expected<Answer> { return Answer{{{u"text"_s, text}}, text.trimmed(), {}, 0}; };
}

/// The help of the deepest verb that the line named.
std::string helpOf(const CLI::App &app, const std::string &path = {})
{
    const auto chosen = app.get_subcommands();
    return chosen.empty() ? app.help(path)
                          : helpOf(*chosen.front(), path.empty() ? app.get_name() : path + ' ' + app.get_name());
}

bool asksForHelp(const QString &word)
{
    return word == u"--help" || word == u"-h" || word == u"--version";
}

} // namespace

CommandTree::CommandTree()
    : m_root(std::make_unique<CLI::App>("Interlock's command line: connectors, LANs, claims and addresses of OpenVPN "
                                        "instances, with a journal and undo.",
                                        "interlockctl"))
{
    Arguments globals(*m_root);
    globals.optional("--store", m_globals.store,
                     "sqlite:PATH or postgresql://user@host:port/db?sslmode=...; default: INTERLOCK_STORE, else the "
                     "desktop's own file",
                     "URL");
    globals.flag("--json", m_globals.isJson, "Print exactly one JSON document on standard output");
    globals.optional("--actor", m_globals.actor, "Who asks, as the journal shows it; default: the login name", "NAME");
    m_root->set_version_flag("--version", std::string("interlockctl " INTERLOCK_VERSION));
    m_root->set_help_flag("-h,--help", "Print this help and exit");
    m_root->get_formatter()->column_width(34);
    m_root->require_subcommand(1);
    m_root->footer(kFooter);
}

CommandTree::~CommandTree() = default;

CLI::App &CommandTree::addGroup(CLI::App &parent, const char *name, const char *help)
{
    CLI::App &group = *parent.add_subcommand(name, help);
    group.fallthrough();
    group.require_subcommand(1);
    group.footer("Global options (--store, --json, --actor) may stand anywhere; see interlockctl --help.");
    return group;
}

CLI::App &CommandTree::addLeaf(CLI::App &group, const char *name, const char *help, Action action)
{
    CLI::App &verb = *group.add_subcommand(name, help);
    verb.fallthrough();
    verb.require_subcommand(0); // not its group's
    verb.footer("Global options (--store, --json, --actor) may stand anywhere; see interlockctl --help.");
    verb.callback([this, action = std::move(action)] { m_chosen = action; });
    return verb;
}

Expected<void> CommandTree::checkVerbs(const std::vector<std::string> &words) const
{
    // CLI11 would complain about a missing subcommand and not say which word it did not know.
    const CLI::App *level = m_root.get();
    for (std::size_t i = 0; i < words.size() && hasVerbs(*level); ++i) {
        const QString word = QString::fromStdString(words[i]);
        if (asksForHelp(word))
            return {};
        if (word == u"--store" || word == u"--actor")
            ++i;
        if (word.startsWith(u'-'))
            continue;
        const CLI::App *next = subcommandOrNull(*level, words[i]);
        if (!next)
            return unknownWord(*level, word);
        level = next;
    }
    if (hasVerbs(*level))
        return fail(ErrorKind::Usage,
                    u"a %1 is missing; there are: %2"_s.arg(verbsOf(*level), namesOf(*level).join(u", "_s)));
    return {};
}

Expected<Action> CommandTree::parse(std::vector<std::string> words)
{
    if (const auto ok = checkVerbs(words); !ok)
        return fail(ok.error());
    std::ranges::reverse(words); // as CLI11 wants them
    try {
        m_root->parse(words);
    } catch (const BadValue &bad) {
        return fail(bad.error);
    } catch (const CLI::CallForHelp &) {
        return answerWith(QString::fromStdString(helpOf(*m_root)));
    } catch (const CLI::CallForVersion &version) {
        return answerWith(QString::fromUtf8(version.what()));
    } catch (const CLI::ParseError &error) {
        return fail(ErrorKind::Usage, printable(QString::fromUtf8(error.what()).trimmed()));
    }
    Q_ASSERT(m_chosen);
    return m_chosen;
}

QString CommandTree::verbOf(const std::vector<std::string> &words) const
{
    QStringList verb;
    const CLI::App *level = m_root.get();
    for (const std::string &word : words) {
        if (const CLI::App *next = subcommandOrNull(*level, word)) {
            verb += QString::fromStdString(word);
            level = next;
        }
    }
    return verb.join(u' ');
}

} // namespace interlock
