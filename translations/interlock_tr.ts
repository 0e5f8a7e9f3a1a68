<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="tr" sourcelanguage="en">
<context>
    <name>EmptyText</name>
    <message>
        <source>No instance yet.</source>
        <translation>Henüz instance yok.</translation>
    </message>
    <message>
        <source>An instance is one OpenVPN server process. It is the first thing to add.</source>
        <translation>Bir instance tek bir OpenVPN sunucu sürecidir. İlk eklenecek şey budur.</translation>
    </message>
    <message>
        <source>No connector yet.</source>
        <translation>Henüz bağlayıcı yok.</translation>
    </message>
    <message>
        <source>A connector appears when it is given a LAN.</source>
        <translation>Bir bağlayıcı, kendisine bir LAN verildiğinde görünür.</translation>
    </message>
    <message>
        <source>No iroute yet.</source>
        <translation>Henüz iroute yok.</translation>
    </message>
    <message>
        <source>An iroute is a LAN that a connector brings.</source>
        <translation>iroute, bir bağlayıcının getirdiği LAN’dır.</translation>
    </message>
    <message>
        <source>No claim yet.</source>
        <translation>Henüz hak talebi yok.</translation>
    </message>
    <message>
        <source>A claim says under which prefix a LAN is reached: its own one, or a stand-in.</source>
        <translation>Hak talebi, bir LAN’a hangi önekle ulaşıldığını söyler: kendi öneki veya yedek önek.</translation>
    </message>
    <message>
        <source>No allocation yet.</source>
        <translation>Henüz tahsis yok.</translation>
    </message>
    <message>
        <source>An allocation is a connector&apos;s own tunnel address.</source>
        <translation>Tahsis, bir bağlayıcının kendi tünel adresidir.</translation>
    </message>
    <message>
        <source>No exclusion.</source>
        <translation>Hariç tutma yok.</translation>
    </message>
    <message>
        <source>No stand-in is taken from an excluded range, and no LAN keeps it.</source>
        <translation>Hariç tutulan aralıktan yedek önek alınmaz ve hiçbir LAN onu korumaz.</translation>
    </message>
    <message>
        <source>Nothing is in quarantine.</source>
        <translation>Karantinada hiçbir şey yok.</translation>
    </message>
    <message>
        <source>What a released claim held waits here before somebody else gets it.</source>
        <translation>Bırakılan bir hak talebinin tuttuğu alan, başkasına verilmeden önce burada bekler.</translation>
    </message>
    <message>
        <source>No option is set.</source>
        <translation>Ayarlanmış seçenek yok.</translation>
    </message>
    <message>
        <source>An option is pushed to a connector, a group or everybody on an instance.</source>
        <translation>Bir seçenek bir bağlayıcıya, bir gruba veya bir instance’taki herkese gönderilir.</translation>
    </message>
    <message>
        <source>Nothing has been changed yet.</source>
        <translation>Henüz hiçbir şey değiştirilmedi.</translation>
    </message>
    <message>
        <source>Every change is one entry here, with who made it and when.</source>
        <translation>Her değişiklik burada bir kayıttır: kimin, ne zaman yaptığıyla.</translation>
    </message>
</context>
<context>
    <name>TableText</name>
    <message>
        <source>yes</source>
        <translation>evet</translation>
    </message>
    <message>
        <source>no</source>
        <translation>hayır</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Sürüm</translation>
    </message>
    <message>
        <source>Instances</source>
        <translation>Instance’lar</translation>
    </message>
    <message>
        <source>Connectors</source>
        <translation>Bağlayıcılar</translation>
    </message>
    <message>
        <source>Iroutes</source>
        <translation>Iroute’lar</translation>
    </message>
    <message>
        <source>Claims</source>
        <translation>Hak talepleri</translation>
    </message>
    <message>
        <source>Allocations</source>
        <translation>Tahsisler</translation>
    </message>
    <message>
        <source>Exclusions</source>
        <translation>Hariç tutulanlar</translation>
    </message>
    <message>
        <source>Quarantine</source>
        <translation>Karantina</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Seçenekler</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Günlük</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>Instance</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Kip</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Ağ</translation>
    </message>
    <message>
        <source>Pools</source>
        <translation>Havuzlar</translation>
    </message>
    <message>
        <source>Stand-in range</source>
        <translation>Yedek aralığı</translation>
    </message>
    <message>
        <source>Collision</source>
        <translation>Çakışma</translation>
    </message>
    <message>
        <source>Management</source>
        <translation>Yönetim</translation>
    </message>
    <message>
        <source>CN</source>
        <translation>CN</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Grup</translation>
    </message>
    <message>
        <source>Translation</source>
        <translation>Çeviri</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Başlangıç</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>Açıklama</translation>
    </message>
    <message>
        <source>Prefix</source>
        <translation>Önek</translation>
    </message>
    <message>
        <source>Real prefix</source>
        <translation>Gerçek önek</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Durum</translation>
    </message>
    <message>
        <source>Virtual prefix</source>
        <translation>Sanal önek</translation>
    </message>
    <message>
        <source>Carve-out</source>
        <translation>Ayrılan alan</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adres</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Not</translation>
    </message>
    <message>
        <source>Last holder</source>
        <translation>Son sahibi</translation>
    </message>
    <message>
        <source>Freed</source>
        <translation>Bırakıldı</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>Bitiş</translation>
    </message>
    <message>
        <source>Holder</source>
        <translation>Kime</translation>
    </message>
    <message>
        <source>Scope</source>
        <translation>Kapsam</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Tür</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Değer</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Numara</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zaman</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Kim</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Komut</translation>
    </message>
    <message>
        <source>Arguments</source>
        <translation>Argümanlar</translation>
    </message>
    <message>
        <source>Server address</source>
        <translation>Sunucu adresi</translation>
    </message>
    <message>
        <source>Public address</source>
        <translation>Genel adres</translation>
    </message>
    <message>
        <source>Block length</source>
        <translation>Blok uzunluğu</translation>
    </message>
    <message>
        <source>Unknown CN</source>
        <translation>Bilinmeyen CN</translation>
    </message>
    <message>
        <source>Allocates by itself</source>
        <translation>Kendiliğinden tahsis eder</translation>
    </message>
    <message>
        <source>Moves live sessions</source>
        <translation>Canlı oturumları taşır</translation>
    </message>
    <message>
        <source>When the store is down</source>
        <translation>Depo yokken</translation>
    </message>
    <message>
        <source>Password file</source>
        <translation>Parola dosyası</translation>
    </message>
    <message>
        <source>Tenant</source>
        <translation>Kiracı</translation>
    </message>
    <message>
        <source>sentinel</source>
        <translation>nöbetçi</translation>
    </message>
    <message>
        <source>stand-in</source>
        <translation>yedek</translation>
    </message>
    <message>
        <source>Meaning</source>
        <translation>Anlamı</translation>
    </message>
    <message>
        <source>Holds the real prefix.</source>
        <translation>Gerçek öneki tutar.</translation>
    </message>
    <message>
        <source>Reached as %1, one to one.</source>
        <translation>%1 olarak ulaşılır, bire bir.</translation>
    </message>
    <message>
        <source>Takes back</source>
        <translation>Geri aldığı</translation>
    </message>
    <message>
        <source>Can be taken back</source>
        <translation>Geri alınabilir</translation>
    </message>
    <message>
        <source>no: a connecting client was answered by it</source>
        <translation>hayır: bağlanan bir istemci bununla yanıtlandı</translation>
    </message>
    <message>
        <source>no: a restore replaced everything</source>
        <translation>hayır: geri yükleme her şeyi değiştirdi</translation>
    </message>
    <message>
        <source>no: what was dropped is gone</source>
        <translation>hayır: silinenler geri gelmez</translation>
    </message>
    <message>
        <source>no: it is a note, no edit</source>
        <translation>hayır: bu bir not, değişiklik değil</translation>
    </message>
    <message>
        <source>no: its images were pruned</source>
        <translation>hayır: görüntüleri silindi</translation>
    </message>
    <message>
        <source>no: a live session had the block</source>
        <translation>hayır: canlı bir oturum bloğu kullanıyordu</translation>
    </message>
    <message>
        <source>no: it notes what a controller has</source>
        <translation>hayır: bir denetleyicide ne olduğunu kaydeder</translation>
    </message>
</context>
<context>
    <name>interlock::Banner</name>
    <message>
        <source>Try now</source>
        <translation>Şimdi dene</translation>
    </message>
    <message>
        <source>Ask the store again</source>
        <translation>Depoya yeniden sor</translation>
    </message>
</context>
<context>
    <name>interlock::CellDelegate</name>
    <message>
        <source>Holds the real prefix.</source>
        <translation>Gerçek öneki tutar.</translation>
    </message>
    <message>
        <source>Nothing is set here.</source>
        <translation>Burada bir değer yok.</translation>
    </message>
    <message>
        <source>Reached under the virtual prefix, one to one.</source>
        <translation>Sanal önekle ulaşılır, bire bir.</translation>
    </message>
</context>
<context>
    <name>interlock::FactsView</name>
    <message>
        <source>Details of the selected row</source>
        <translation>Seçili satırın ayrıntıları</translation>
    </message>
    <message>
        <source>No row is selected.</source>
        <translation>Seçili satır yok.</translation>
    </message>
</context>
<context>
    <name>interlock::StateView</name>
    <message>
        <source>Command for a terminal</source>
        <translation>Uçbirim komutu</translation>
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
        <translation>Tablolar</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>Everything that this window can do (F10)</source>
        <translation>Bu pencerenin yapabildiği her şey (F10)</translation>
    </message>
    <message>
        <source>Show this table</source>
        <translation>Bu tabloyu göster</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Süzgeç</translation>
    </message>
    <message>
        <source>Type what a row must hold</source>
        <translation>Satırda bulunması gerekeni yazın</translation>
    </message>
    <message>
        <source>Copy rows</source>
        <translation>Satırları kopyala</translation>
    </message>
    <message>
        <source>The selected rows with a header, separated by tabs</source>
        <translation>Seçili satırlar, başlıkla birlikte, sekmelerle ayrılmış</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Ayrıntılar</translation>
    </message>
    <message>
        <source>Show or hide everything about the selected row</source>
        <translation>Seçili satırla ilgili her şeyi göster veya gizle</translation>
    </message>
    <message>
        <source>Ask the store now</source>
        <translation>Depoya şimdi sor</translation>
    </message>
    <message>
        <source>See at once whether the store answers</source>
        <translation>Deponun yanıt verip vermediğini hemen gör</translation>
    </message>
    <message>
        <source>Next region</source>
        <translation>Sonraki bölge</translation>
    </message>
    <message>
        <source>Tables, rows, details</source>
        <translation>Tablolar, satırlar, ayrıntılar</translation>
    </message>
    <message>
        <source>Previous region</source>
        <translation>Önceki bölge</translation>
    </message>
    <message>
        <source>Details, rows, tables</source>
        <translation>Ayrıntılar, satırlar, tablolar</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Çık</translation>
    </message>
    <message>
        <source>Close this window; nothing is lost by it</source>
        <translation>Bu pencereyi kapat; hiçbir şey kaybolmaz</translation>
    </message>
    <message>
        <source>Opening the store.</source>
        <translation>Depo açılıyor.</translation>
    </message>
    <message>
        <source>The store cannot be opened: %1</source>
        <translation>Depo açılamıyor: %1</translation>
    </message>
    <message>
        <source>%1 (%2). Nothing was changed.</source>
        <translation>%1 (%2). Hiçbir şey değiştirilmedi.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Yeniden dene</translation>
    </message>
    <message>
        <source>Loading the rows.</source>
        <translation>Satırlar yükleniyor.</translation>
    </message>
    <message>
        <source>The store does not answer: %1</source>
        <translation>Depo yanıt vermiyor: %1</translation>
    </message>
    <message>
        <source>Nothing was changed. The next try comes by itself.</source>
        <translation>Hiçbir şey değiştirilmedi. Sonraki deneme kendiliğinden yapılır.</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>Şimdi dene</translation>
    </message>
    <message>
        <source>%1, schema %2, shown only</source>
        <translation>%1, şema %2, yalnızca gösterim</translation>
    </message>
    <message numerus="yes">
        <source>live, data %n s old</source>
        <translation>
            <numerusform>canlı, veriler %n sn önceki</numerusform>
        </translation>
    </message>
    <message>
        <source>does not answer, as of %1</source>
        <translation>yanıt vermiyor, %1 itibarıyla</translation>
    </message>
    <message>
        <source>does not answer</source>
        <translation>yanıt vermiyor</translation>
    </message>
    <message>
        <source>opening</source>
        <translation>açılıyor</translation>
    </message>
    <message>
        <source>journal %1</source>
        <translation>günlük %1</translation>
    </message>
    <message>
        <source>The store does not answer since %1 (%2).</source>
        <translation>Depo şu andan beri yanıt vermiyor: %1 (%2).</translation>
    </message>
    <message>
        <source>You see the rows of that time. Nothing was changed. The next try comes by itself.</source>
        <translation>O andaki satırları görüyorsunuz. Hiçbir şey değiştirilmedi. Sonraki deneme kendiliğinden yapılır.</translation>
    </message>
</context>
<context>
    <name>interlock::TablePage</name>
    <message>
        <source>Filter: words, -without, in:10.1.0.0/16, /pattern/</source>
        <translation>Süzgeç: sözcükler, -hariç, in:10.1.0.0/16, /desen/</translation>
    </message>
    <message>
        <source>Filter of %1</source>
        <translation>Süzgeç: %1</translation>
    </message>
    <message>
        <source>Every word must be somewhere in a row. Esc clears.</source>
        <translation>Her sözcük satırın bir yerinde geçmelidir. Esc temizler.</translation>
    </message>
    <message>
        <source>Not a prefix or pattern yet: nothing is filtered.</source>
        <translation>Henüz bir önek veya desen değil: süzülmüyor.</translation>
    </message>
    <message>
        <source>No row matches %1.</source>
        <translation>%1 ile eşleşen satır yok.</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) are hidden.</source>
        <translation>
            <numerusform>%n satır gizli.</numerusform>
        </translation>
    </message>
    <message>
        <source>Clear filter</source>
        <translation>Süzgeci temizle</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n satır</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n row(s)</source>
        <translation>
            <numerusform>%n satırdan %1 tanesi</numerusform>
        </translation>
    </message>
</context>
</TS>
