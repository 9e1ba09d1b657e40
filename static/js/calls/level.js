// How loud a microphone hears, from 0 to 1.

export const QUIET = 0.005;  // below it there is nobody
export const shown = (loud) => Math.min(100, loud * 400);

export class Level {
  constructor(track) {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.context.createMediaStreamSource(new MediaStream([track])).connect(this.analyser);
    this.wave = new Float32Array(this.analyser.fftSize);
  }

  read() {
    this.analyser.getFloatTimeDomainData(this.wave);
    return Math.sqrt(this.wave.reduce((sum, value) => sum + value * value, 0) / this.wave.length);
  }

  close() { this.context.close(); }
}
