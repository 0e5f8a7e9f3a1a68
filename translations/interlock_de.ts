<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>EmptyText</name>
    <message>
        <source>No instance yet.</source>
        <translation>Noch keine Instanz.</translation>
    </message>
    <message>
        <source>An instance is one OpenVPN server process. It is the first thing to add.</source>
        <translation>Eine Instanz ist ein OpenVPN-Serverprozess. Sie wird als Erstes angelegt.</translation>
    </message>
    <message>
        <source>No connector yet.</source>
        <translation>Noch kein Connector.</translation>
    </message>
    <message>
        <source>A connector appears when it is given a LAN.</source>
        <translation>Ein Connector erscheint, sobald er ein LAN bekommt.</translation>
    </message>
    <message>
        <source>No iroute yet.</source>
        <translation>Noch keine iroute.</translation>
    </message>
    <message>
        <source>An iroute is a LAN that a connector brings.</source>
        <translation>Eine iroute ist ein LAN, das ein Connector mitbringt.</translation>
    </message>
    <message>
        <source>No claim yet.</source>
        <translation>Noch kein Anspruch.</translation>
    </message>
    <message>
        <source>A claim says under which prefix a LAN is reached: its own one, or a stand-in.</source>
        <translation>Ein Anspruch sagt, unter welchem Präfix ein LAN erreicht wird: unter dem eigenen oder unter einem Ersatzpräfix.</translation>
    </message>
    <message>
        <source>No allocation yet.</source>
        <translation>Noch keine Zuteilung.</translation>
    </message>
    <message>
        <source>An allocation is a connector&apos;s own tunnel address.</source>
        <translation>Eine Zuteilung ist die eigene Tunneladresse eines Connectors.</translation>
    </message>
    <message>
        <source>No exclusion.</source>
        <translation>Kein Ausschluss.</translation>
    </message>
    <message>
        <source>No stand-in is taken from an excluded range, and no LAN keeps it.</source>
        <translation>Aus einem ausgeschlossenen Bereich kommt kein Ersatzpräfix, und kein LAN behält ihn.</translation>
    </message>
    <message>
        <source>Nothing is in quarantine.</source>
        <translation>Nichts ist in Quarantäne.</translation>
    </message>
    <message>
        <source>What a released claim held waits here before somebody else gets it.</source>
        <translation>Was ein freigegebener Anspruch hielt, wartet hier, bevor jemand anderes es bekommt.</translation>
    </message>
    <message>
        <source>No option is set.</source>
        <translation>Keine Option ist gesetzt.</translation>
    </message>
    <message>
        <source>An option is pushed to a connector, a group or everybody on an instance.</source>
        <translation>Eine Option wird an einen Connector, eine Gruppe oder alle auf einer Instanz gesendet.</translation>
    </message>
    <message>
        <source>Nothing has been changed yet.</source>
        <translation>Noch nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Every change is one entry here, with who made it and when.</source>
        <translation>Jede Änderung ist hier ein Eintrag: wer sie wann gemacht hat.</translation>
    </message>
</context>
<context>
    <name>TableText</name>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Instances</source>
        <translation>Instanzen</translation>
    </message>
    <message>
        <source>Connectors</source>
        <translation>Connectoren</translation>
    </message>
    <message>
        <source>Iroutes</source>
        <translation>Iroutes</translation>
    </message>
    <message>
        <source>Claims</source>
        <translation>Ansprüche</translation>
    </message>
    <message>
        <source>Allocations</source>
        <translation>Zuteilungen</translation>
    </message>
    <message>
        <source>Exclusions</source>
        <translation>Ausschlüsse</translation>
    </message>
    <message>
        <source>Quarantine</source>
        <translation>Quarantäne</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Optionen</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>Instanz</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Modus</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Pools</source>
        <translation>Pools</translation>
    </message>
    <message>
        <source>Stand-in range</source>
        <translation>Ersatzbereich</translation>
    </message>
    <message>
        <source>Collision</source>
        <translation>Kollision</translation>
    </message>
    <message>
        <source>Management</source>
        <translation>Management</translation>
    </message>
    <message>
        <source>CN</source>
        <translation>CN</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>Translation</source>
        <translation>Übersetzung</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Seit</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>Beschreibung</translation>
    </message>
    <message>
        <source>Prefix</source>
        <translation>Präfix</translation>
    </message>
    <message>
        <source>Real prefix</source>
        <translation>Echtes Präfix</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Virtual prefix</source>
        <translation>Virtuelles Präfix</translation>
    </message>
    <message>
        <source>Carve-out</source>
        <translation>Belegter Bereich</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Last holder</source>
        <translation>Letzter Halter</translation>
    </message>
    <message>
        <source>Freed</source>
        <translation>Freigegeben</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>Holder</source>
        <translation>Für</translation>
    </message>
    <message>
        <source>Scope</source>
        <translation>Geltung</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Arguments</source>
        <translation>Argumente</translation>
    </message>
    <message>
        <source>Server address</source>
        <translation>Serveradresse</translation>
    </message>
    <message>
        <source>Public address</source>
        <translation>Öffentliche Adresse</translation>
    </message>
    <message>
        <source>Block length</source>
        <translation>Blocklänge</translation>
    </message>
    <message>
        <source>Unknown CN</source>
        <translation>Unbekannter CN</translation>
    </message>
    <message>
        <source>Allocates by itself</source>
        <translation>Teilt selbst zu</translation>
    </message>
    <message>
        <source>Moves live sessions</source>
        <translation>Verschiebt laufende Sitzungen</translation>
    </message>
    <message>
        <source>When the store is down</source>
        <translation>Wenn der Speicher fehlt</translation>
    </message>
    <message>
        <source>Password file</source>
        <translation>Passwortdatei</translation>
    </message>
    <message>
        <source>Tenant</source>
        <translation>Mandant</translation>
    </message>
    <message>
        <source>sentinel</source>
        <translation>Wächter</translation>
    </message>
    <message>
        <source>stand-in</source>
        <translation>Ersatz</translation>
    </message>
    <message>
        <source>Meaning</source>
        <translation>Bedeutung</translation>
    </message>
    <message>
        <source>Holds the real prefix.</source>
        <translation>Hält das echte Präfix.</translation>
    </message>
    <message>
        <source>Reached as %1, one to one.</source>
        <translation>Erreichbar als %1, eins zu eins.</translation>
    </message>
    <message>
        <source>Takes back</source>
        <translation>Nimmt zurück</translation>
    </message>
    <message>
        <source>Can be taken back</source>
        <translation>Kann zurückgenommen werden</translation>
    </message>
    <message>
        <source>no: a connecting client was answered by it</source>
        <translation>nein: damit wurde ein Client beantwortet, der sich verband</translation>
    </message>
    <message>
        <source>no: a restore replaced everything</source>
        <translation>nein: eine Wiederherstellung hat alles ersetzt</translation>
    </message>
    <message>
        <source>no: what was dropped is gone</source>
        <translation>nein: was entfernt wurde, ist weg</translation>
    </message>
    <message>
        <source>no: it is a note, no edit</source>
        <translation>nein: es ist ein Vermerk, keine Änderung</translation>
    </message>
    <message>
        <source>no: its images were pruned</source>
        <translation>nein: seine Abbilder wurden gelöscht</translation>
    </message>
    <message>
        <source>no: a live session had the block</source>
        <translation>nein: eine laufende Sitzung hatte den Block</translation>
    </message>
    <message>
        <source>no: it notes what a controller has</source>
        <translation>nein: es hält fest, was ein Controller hat</translation>
    </message>
</context>
<context>
    <name>interlock::Banner</name>
    <message>
        <source>Try now</source>
        <translation>Jetzt versuchen</translation>
    </message>
    <message>
        <source>Ask the store again</source>
        <translation>Den Speicher noch einmal fragen</translation>
    </message>
</context>
<context>
    <name>interlock::CellDelegate</name>
    <message>
        <source>Holds the real prefix.</source>
        <translation>Hält das echte Präfix.</translation>
    </message>
    <message>
        <source>Nothing is set here.</source>
        <translation>Hier ist nichts gesetzt.</translation>
    </message>
    <message>
        <source>Reached under the virtual prefix, one to one.</source>
        <translation>Erreichbar unter dem virtuellen Präfix, eins zu eins.</translation>
    </message>
</context>
<context>
    <name>interlock::FactsView</name>
    <message>
        <source>Details of the selected row</source>
        <translation>Einzelheiten der gewählten Zeile</translation>
    </message>
    <message>
        <source>No row is selected.</source>
        <translation>Keine Zeile ist gewählt.</translation>
    </message>
</context>
<context>
    <name>interlock::StateView</name>
    <message>
        <source>Command for a terminal</source>
        <translation>Befehl für ein Terminal</translation>
    </message>
</context>
<context>
    <name>interlock::StoreWindow</name>
    <message>
        <source>Interlock: %1</source>
        <translation>Interlock: %1</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>Tabellen</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>Everything that this window can do (F10)</source>
        <translation>Alles, was dieses Fenster kann (F10)</translation>
    </message>
    <message>
        <source>Show this table</source>
        <translation>Diese Tabelle zeigen</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Type what a row must hold</source>
        <translation>Tippen, was eine Zeile enthalten muss</translation>
    </message>
    <message>
        <source>Copy rows</source>
        <translation>Zeilen kopieren</translation>
    </message>
    <message>
        <source>The selected rows with a header, separated by tabs</source>
        <translation>Die gewählten Zeilen mit Kopfzeile, durch Tabulatoren getrennt</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Show or hide everything about the selected row</source>
        <translation>Alles über die gewählte Zeile zeigen oder verbergen</translation>
    </message>
    <message>
        <source>Ask the store now</source>
        <translation>Den Speicher jetzt fragen</translation>
    </message>
    <message>
        <source>See at once whether the store answers</source>
        <translation>Sofort sehen, ob der Speicher antwortet</translation>
    </message>
    <message>
        <source>Next region</source>
        <translation>Nächster Bereich</translation>
    </message>
    <message>
        <source>Tables, rows, details</source>
        <translation>Tabellen, Zeilen, Einzelheiten</translation>
    </message>
    <message>
        <source>Previous region</source>
        <translation>Voriger Bereich</translation>
    </message>
    <message>
        <source>Details, rows, tables</source>
        <translation>Einzelheiten, Zeilen, Tabellen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Close this window; nothing is lost by it</source>
        <translation>Dieses Fenster schließen; dabei geht nichts verloren</translation>
    </message>
    <message>
        <source>Opening the store.</source>
        <translation>Der Speicher wird geöffnet.</translation>
    </message>
    <message>
        <source>The store cannot be opened: %1</source>
        <translation>Der Speicher lässt sich nicht öffnen: %1</translation>
    </message>
    <message>
        <source>%1 (%2). Nothing was changed.</source>
        <translation>%1 (%2). Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>Loading the rows.</source>
        <translation>Die Zeilen werden geladen.</translation>
    </message>
    <message>
        <source>The store does not answer: %1</source>
        <translation>Der Speicher antwortet nicht: %1</translation>
    </message>
    <message>
        <source>Nothing was changed. The next try comes by itself.</source>
        <translation>Nichts wurde geändert. Der nächste Versuch kommt von selbst.</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>Jetzt versuchen</translation>
    </message>
    <message>
        <source>%1, schema %2, shown only</source>
        <translation>%1, Schema %2, nur Anzeige</translation>
    </message>
    <message numerus="yes">
        <source>live, data %n s old</source>
        <translation>
            <numerusform>aktuell, Daten %n s alt</numerusform>
            <numerusform>aktuell, Daten %n s alt</numerusform>
        </translation>
    </message>
    <message>
        <source>does not answer, as of %1</source>
        <translation>antwortet nicht, Stand %1</translation>
    </message>
    <message>
        <source>does not answer</source>
        <translation>antwortet nicht</translation>
    </message>
    <message>
        <source>opening</source>
        <translation>wird geöffnet</translation>
    </message>
    <message>
        <source>journal %1</source>
        <translation>Journal %1</translation>
    </message>
    <message>
        <source>The store does not answer since %1 (%2).</source>
        <translation>Der Speicher antwortet seit %1 nicht (%2).</translation>
    </message>
    <message>
        <source>You see the rows of that time. Nothing was changed. The next try comes by itself.</source>
        <translation>Zu sehen sind die Zeilen von damals. Nichts wurde geändert. Der nächste Versuch kommt von selbst.</translation>
    </message>
</context>
<context>
    <name>interlock::TablePage</name>
    <message>
        <source>Filter: words, -without, in:10.1.0.0/16, /pattern/</source>
        <translation>Filter: Wörter, -ohne, in:10.1.0.0/16, /Muster/</translation>
    </message>
    <message>
        <source>Filter of %1</source>
        <translation>Filter für %1</translation>
    </message>
    <message>
        <source>Every word must be somewhere in a row. Esc clears.</source>
        <translation>Jedes Wort muss irgendwo in der Zeile stehen. Esc leert.</translation>
    </message>
    <message>
        <source>Not a prefix or pattern yet: nothing is filtered.</source>
        <translation>Noch kein Präfix oder Muster: nichts wird gefiltert.</translation>
    </message>
    <message>
        <source>No row matches %1.</source>
        <translation>Keine Zeile passt zu %1.</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) are hidden.</source>
        <translation>
            <numerusform>%n Zeile ist ausgeblendet.</numerusform>
            <numerusform>%n Zeilen sind ausgeblendet.</numerusform>
        </translation>
    </message>
    <message>
        <source>Clear filter</source>
        <translation>Filter leeren</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n Zeile</numerusform>
            <numerusform>%n Zeilen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n row(s)</source>
        <translation>
            <numerusform>%1 von %n Zeile</numerusform>
            <numerusform>%1 von %n Zeilen</numerusform>
        </translation>
    </message>
</context>
</TS>
