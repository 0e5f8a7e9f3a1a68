// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/arguments.h"
#include "app/interlockctl/session.h"

#include <functional>
#include <memory>

namespace interlock {

using Action = std::function<Expected<Answer>(Session &)>;

/// The groups and verbs of the command line, and which of them was chosen.
class CommandTree
{
public:
    struct Globals
    {
        std::optional<QString> store;
        std::optional<QString> actor;
        bool isJson = false;
    };

    CommandTree();
    ~CommandTree();
    CommandTree(const CommandTree &) = delete;
    CommandTree &operator=(const CommandTree &) = delete;

    [[nodiscard]] CLI::App &root() { return *m_root; }
    [[nodiscard]] const Globals &globals() const { return m_globals; }

    /// A group of verbs.
    CLI::App &addGroup(const char *name, const char *help) { return addGroup(root(), name, help); }
    /// A group in a group: `zt controller`.
    CLI::App &addGroup(CLI::App &parent, const char *name, const char *help);

    /// A verb of `group`, or a word of its own when `group` is root(). `declare` names the arguments; `run` is called
    /// with them after the whole line was understood.
    template <typename Args>
    void addVerb(CLI::App &group, const char *name, const char *help, void (*declare)(Arguments, Args &),
                 Expected<Answer> (*run)(Session &, const Args &))
    {
        const auto args = std::make_shared<Args>();
        CLI::App &verb = addLeaf(group, name, help, [args, run](Session &session) { return run(session, *args); });
        declare(Arguments(verb), *args);
    }

    /// What the words ask for: a verb's action, or an action that answers with the help or the version.
    /// \returns Usage with a suggestion where one is near; what a value was refused with
    [[nodiscard]] Expected<Action> parse(std::vector<std::string> words);

    /// The group and verb that the words name, as far as they do: "claim release".
    [[nodiscard]] QString verbOf(const std::vector<std::string> &words) const;

private:
    CLI::App &addLeaf(CLI::App &group, const char *name, const char *help, Action action);
    [[nodiscard]] Expected<void> checkVerbs(const std::vector<std::string> &words) const;

    std::unique_ptr<CLI::App> m_root;
    Globals m_globals;
    Action m_chosen;
};

} // namespace interlock
