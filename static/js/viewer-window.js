// A window of one's own: stored codes become grey in the browser, so that moving the window asks nobody.
// PS3.3 C.11.2.1.2.1: the LINEAR function onto 0-255.

export class OwnWindow {
  // `values` are [slope, intercept] from a code to what it means; `window` is [centre, width].
  constructor({ values, window, inverted }) {
    [this.slope, this.intercept] = values;
    [this.centre, this.width] = window.length ? window : [this.intercept + this.slope * 2048, Math.abs(this.slope) * 4096];
    this.inverted = inverted;
    this.scratch = document.createElement("canvas");
  }

  set(centre, width) {
    this.centre = Number.isFinite(centre) ? centre : this.centre;
    this.width = Number.isFinite(width) ? Math.max(width, 1) : this.width;
    this.table = undefined;
  }

  // Dragging by a pixel moves it by a two-hundredth of the width: fine in narrow windows, quick in wide ones.
  drag(dx, dy) {
    const step = Math.max(this.width / 200, Math.abs(this.slope));
    this.set(this.centre - dy * step, this.width + dx * step);
  }

  grey(code) {
    const value = this.slope * code + this.intercept;
    const span = Math.max(this.width - 1, 1e-6);
    const grey = Math.min(Math.max(((value - (this.centre - 0.5)) / span + 0.5) * 255, 0), 255);
    return this.inverted ? 255 - grey : grey;
  }

  draw(context, bitmap, width, height) {
    const { scratch } = this;
    if (this.bitmap !== bitmap) {
      scratch.width = bitmap.width;
      scratch.height = bitmap.height;
      this.drawing = scratch.getContext("2d", { willReadFrequently: true });
      this.drawing.drawImage(bitmap, 0, 0);
      this.codes = this.drawing.getImageData(0, 0, bitmap.width, bitmap.height).data;
      this.bitmap = bitmap;
    }
    this.table ??= Uint8ClampedArray.from({ length: 65536 }, (_, code) => this.grey(code));
    const shown = this.drawing.createImageData(scratch.width, scratch.height);
    for (let i = 0; i < this.codes.length; i += 4) {
      shown.data[i] = shown.data[i + 1] = shown.data[i + 2] = this.table[this.codes[i] * 256 + this.codes[i + 1]];
      shown.data[i + 3] = 255;
    }
    this.drawing.putImageData(shown, 0, 0);
    context.drawImage(scratch, 0, 0, width, height);
  }
}
