//! Corrections: one changed paragraph, and the way back.

use crate::support::{Room, article};

const KEPT: &str = "城南老街的青石板路修缮一新,居民出行更加方便。";

fn page(beehives: &str) -> String {
    article("山里人家的甜蜜账", beehives) + &article("城南老街修缮完工", KEPT)
}

#[test]
fn a_changed_paragraph_gives_one_update_to_the_channels_that_had_the_item_and_the_way_back_another()
{
    let room = Room::new();
    // The correction takes the word away that the channel `bees` asks for.
    room.config(
        "channels.toml",
        "[[channel]]\nname = \"all\"\nquery = \"*\"\n[[channel]]\nname = \"bees\"\nquery = 'text:\"蜂箱\"'\n",
    );
    let config = room.config(
        "copydesk.toml",
        "[[source]]\nname = \"rsrb\"\ninbox = \"{inbox}\"\n",
    );
    let first = page("村民在果园里摆上了120只蜂箱,一年能收三季蜜。");
    let second = page("村民在果园里养起了土蜂,一年能收三季蜜。");
    let desk = room.daemon(&["up", "--config", &config]);
    let wire = room.wire();
    let mut items = wire.subscribe("COPYDESK_ITEMS");
    let mut channels = wire.subscribe("COPYDESK_CHANNELS");

    room.put("20250318/03.md", &first);
    let came = items.take(2);
    assert!(
        came.iter()
            .all(|i| (i.revision(), i.action()) == (1, "publish"))
    );
    let bees = came
        .iter()
        .find(|i| i.title() == "山里人家的甜蜜账")
        .unwrap();
    assert_eq!(
        channels
            .take(3)
            .iter()
            .filter(|c| c.channel() == "bees")
            .count(),
        1
    );

    // Twice, back and forth: the second `first` is no duplicate of the first, though its message would look the same.
    let rounds = [(&second, 2), (&first, 3), (&second, 4)];
    for (text, revision) in rounds {
        room.put("20250318/03.md", text);
        let update = items.take(1).remove(0);
        assert_eq!(update.id(), bees.id());
        assert_eq!((update.revision(), update.action()), (revision, "update"));
        assert_eq!(update.json["id"], format!("{}.{revision}", bees.id()));
        assert_eq!(update.json["data"]["item"]["version"], revision.to_string());
        let first_created = &bees.json["data"]["item"]["firstCreated"];
        assert_eq!(&update.json["data"]["item"]["firstCreated"], first_created);

        let mut delivered = channels.take(2);
        delivered.sort_by(|a, b| a.subject.cmp(&b.subject));
        // Without the word the item is withdrawn from `bees`.
        let bees_action = if text == &first { "update" } else { "withdraw" };
        let expected = [("all", "update"), ("bees", bees_action)];
        for (message, (channel, action)) in delivered.iter().zip(expected) {
            assert_eq!((message.channel(), message.action()), (channel, action));
            assert_eq!((message.id(), message.revision()), (bees.id(), revision));
        }
        items.quiet();
        channels.quiet();
    }
    desk.stop();
}
