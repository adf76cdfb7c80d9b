import { type FragmentLoaderContext, XhrLoader } from "hls.js";

/**
 * A loader of init segments that says nothing when it is aborted.
 *
 * hls.js 1.7 loads an init segment beside the first segment of its rendition. When a seek asks for another
 * segment meanwhile, the load of the init segment begins anew, and the end of the earlier one is then taken for a
 * failure of the new segment: that is aborted as well, and asked for again a moment later, with its init segment,
 * whose end is taken for … and so on for ever (base-stream-controller.ts, loadInitSegmentIfNeeded). An earlier
 * load of which nothing is heard fails nobody.
 */
export class QuietInitLoader extends XhrLoader {
  override abort(): void {
    const context = this.context as FragmentLoaderContext | null;
    if (context?.frag.sn === "initSegment") this.callbacks = null;
    super.abort();
  }
}
