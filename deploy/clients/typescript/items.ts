// What an application keeps of a channel, whatever it runs in.

/** The parts of an event used here; `copydesk schema item` has all of them. */
export interface Event {
  /** `<article id>.<revision>` */
  id: string;
  /** The article's id. */
  subject: string;
  data: {
    item: { title: string; bodies: { value: string }[] };
    enrichment: { revision: number; action: "publish" | "update" | "kill" | "withdraw"; reason?: string };
  };
}

/** Items by id. What was taken away leaves its revision behind, so that nothing older brings it back. */
export class Items {
  readonly newest = new Map<string, { revision: number; title?: string }>();

  /** Whether it changes anything: a message may come twice, or behind a later one of the same article. */
  apply(event: Event): boolean {
    const { revision, action } = event.data.enrichment;
    if (revision <= (this.newest.get(event.subject)?.revision ?? 0)) return false;
    const gone = action === "kill" || action === "withdraw";
    this.newest.set(event.subject, { revision, title: gone ? undefined : event.data.item.title });
    return true;
  }
}
