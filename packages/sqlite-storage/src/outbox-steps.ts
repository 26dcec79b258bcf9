// Steps of the schema that concern the outbox. They are published: never changed.

/**
 * Turns of owners: who had theirs longest ago is next, whichever process serves. Kept beyond an owner's last entry while
 * others wait; 10,000 at most are remembered, and a new owner stands where those do that are forgotten.
 * A process of a version before goes on with these triggers; owners that it serves had no turn.
 */
export const outboxTurnsStep = `
  ALTER TABLE pf_outbox_topic ADD COLUMN turns INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE pf_outbox_owner ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX pf_outbox_served ON pf_outbox_owner (topic, turn, due_at);

  DROP TRIGGER pf_outbox_added;
  CREATE TRIGGER pf_outbox_added AFTER INSERT ON pf_outbox BEGIN
    INSERT INTO pf_outbox_topic (topic, owed) VALUES (NEW.topic, 1) ON CONFLICT (topic) DO UPDATE SET owed = owed + 1;
    INSERT INTO pf_outbox_owner (topic, owner, owed, turn)
      VALUES (NEW.topic, NEW.owner, 1, max(0, (SELECT turns FROM pf_outbox_topic WHERE topic = NEW.topic) - 10000))
      ON CONFLICT (topic, owner) DO UPDATE SET owed = owed + 1;
    UPDATE pf_outbox SET is_head = 1 WHERE arrival = NEW.arrival
      AND NOT EXISTS (SELECT 1 FROM pf_outbox WHERE topic = NEW.topic AND group_id = NEW.group_id AND arrival < NEW.arrival);
  END;
  DROP TRIGGER pf_outbox_removed;
  CREATE TRIGGER pf_outbox_removed AFTER DELETE ON pf_outbox BEGIN
    UPDATE pf_outbox_topic SET owed = owed - 1 WHERE topic = OLD.topic;
    UPDATE pf_outbox_owner SET owed = owed - 1,
      due_at = (SELECT min(due_at) FROM pf_outbox WHERE topic = OLD.topic AND owner = OLD.owner AND is_head = 1)
      WHERE topic = OLD.topic AND owner = OLD.owner;
    DELETE FROM pf_outbox_owner WHERE topic = OLD.topic AND owner = OLD.owner AND owed = 0
      AND turn <= max(0, (SELECT turns FROM pf_outbox_topic WHERE topic = OLD.topic) - 10000);
    UPDATE pf_outbox SET is_head = 1 WHERE OLD.is_head = 1
      AND arrival = (SELECT min(arrival) FROM pf_outbox WHERE topic = OLD.topic AND group_id = OLD.group_id);
  END;
  `

/** How many bytes are owed, for each topic and each owner: large bodies are bounded by that, not by their number. */
export const outboxBytesStep = `
  ALTER TABLE pf_outbox_topic ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE pf_outbox_owner ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  UPDATE pf_outbox_topic SET bytes = (SELECT coalesce(sum(octet_length(body)), 0) FROM pf_outbox AS entry WHERE entry.topic = pf_outbox_topic.topic);
  UPDATE pf_outbox_owner SET bytes = coalesce(
    (SELECT sum(octet_length(body)) FROM pf_outbox AS entry WHERE entry.topic = pf_outbox_owner.topic AND entry.owner = pf_outbox_owner.owner), 0);

  DROP TRIGGER pf_outbox_added;
  CREATE TRIGGER pf_outbox_added AFTER INSERT ON pf_outbox BEGIN
    INSERT INTO pf_outbox_topic (topic, owed, bytes) VALUES (NEW.topic, 1, octet_length(NEW.body))
      ON CONFLICT (topic) DO UPDATE SET owed = owed + 1, bytes = bytes + excluded.bytes;
    INSERT INTO pf_outbox_owner (topic, owner, owed, bytes, turn)
      VALUES (NEW.topic, NEW.owner, 1, octet_length(NEW.body), max(0, (SELECT turns FROM pf_outbox_topic WHERE topic = NEW.topic) - 10000))
      ON CONFLICT (topic, owner) DO UPDATE SET owed = owed + 1, bytes = bytes + excluded.bytes;
    UPDATE pf_outbox SET is_head = 1 WHERE arrival = NEW.arrival
      AND NOT EXISTS (SELECT 1 FROM pf_outbox WHERE topic = NEW.topic AND group_id = NEW.group_id AND arrival < NEW.arrival);
  END;
  DROP TRIGGER pf_outbox_removed;
  CREATE TRIGGER pf_outbox_removed AFTER DELETE ON pf_outbox BEGIN
    UPDATE pf_outbox_topic SET owed = owed - 1, bytes = bytes - octet_length(OLD.body) WHERE topic = OLD.topic;
    UPDATE pf_outbox_owner SET owed = owed - 1, bytes = bytes - octet_length(OLD.body),
      due_at = (SELECT min(due_at) FROM pf_outbox WHERE topic = OLD.topic AND owner = OLD.owner AND is_head = 1)
      WHERE topic = OLD.topic AND owner = OLD.owner;
    DELETE FROM pf_outbox_owner WHERE topic = OLD.topic AND owner = OLD.owner AND owed = 0
      AND turn <= max(0, (SELECT turns FROM pf_outbox_topic WHERE topic = OLD.topic) - 10000);
    UPDATE pf_outbox SET is_head = 1 WHERE OLD.is_head = 1
      AND arrival = (SELECT min(arrival) FROM pf_outbox WHERE topic = OLD.topic AND group_id = OLD.group_id);
  END;
  `
