import october15 from "../data/transcription_20251015.json" with { type: "json" };
import october18 from "../data/transcription_20251018.json" with { type: "json" };
import october21 from "../data/transcription_20251021.json" with { type: "json" };
import october23 from "../data/transcription_20251023.json" with { type: "json" };

export interface Segment {
  /** Seconds since the stream's start. */
  readonly start: number;
  readonly end: number;
  readonly speaker: string;
  readonly text: string;
}

export interface Transcript {
  readonly stream_id: string;
  readonly stream_date: string;
  readonly stream_title: string;
  readonly streamer: string;
  readonly duration_seconds: number;
  /** ISO 639-1, e.g. `es`. */
  readonly language: string;
  readonly transcript: readonly Segment[];
  readonly summary: string;
  readonly key_topics: readonly string[];
  readonly entities: readonly { readonly entity: string; readonly type: string; readonly mentions: number }[];
}

/** The transcripts for sale, oldest first. */
export const transcripts: readonly Transcript[] = [october15, october18, october21, october23];

export interface TranscriptFilter {
  readonly stream_id?: string | undefined;
  readonly date?: string | undefined;
  readonly language?: string | undefined;
}

/** The newest transcript that matches all that is given. */
export function findTranscript(all: readonly Transcript[], filter: TranscriptFilter): Transcript | undefined {
  const { stream_id: id, date, language } = filter;
  return all.findLast(
    (one) =>
      (!id || one.stream_id === id) && (!date || one.stream_date === date) && (!language || one.language === language),
  );
}
