// What a connection does, second by second, out of getStats.

const sums = (stats) => {
  const sum = { framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0, lost: 0, packets: 0, energy: 0, level: 0, lossOut: 0, kbps: null };
  for (const one of stats.values()) {
    if (one.type === "inbound-rtp") {
      sum.framesIn += one.framesDecoded ?? 0;
      sum.bytesIn += one.bytesReceived ?? 0;
      sum.lost += Math.max(0, one.packetsLost ?? 0);
      sum.packets += one.packetsReceived ?? 0;
      sum.energy += one.totalAudioEnergy ?? 0;
      sum.level = Math.max(sum.level, one.audioLevel ?? 0);
    } else if (one.type === "outbound-rtp") {
      sum.framesOut += one.framesSent ?? 0;
      sum.bytesOut += one.bytesSent ?? 0;
    } else if (one.type === "remote-inbound-rtp") sum.lossOut = Math.max(sum.lossOut, one.fractionLost ?? 0);
    else if (one.type === "candidate-pair" && one.nominated && one.availableOutgoingBitrate) sum.kbps = one.availableOutgoingBitrate / 1000;
  }
  return sum;
};

export class Meter {
  constructor(pc) { this.pc = pc; }

  // {loss, kbps, moving: a picture came, sending: ours went out, sounding: bytes of sound or picture came, level}
  async read() {
    const now = sums(await this.pc.getStats());
    const before = this.before ?? now;
    this.before = now;
    const lost = now.lost - before.lost;
    const packets = now.packets - before.packets;
    return {
      loss: Math.max(packets + lost > 0 ? lost / (packets + lost) : 0, now.lossOut),
      kbps: now.kbps,
      moving: now.framesIn > before.framesIn,
      sending: now.framesOut > before.framesOut,
      sounding: now.bytesIn > before.bytesIn,
      level: now.level,
      energy: now.energy,
      framesIn: now.framesIn,
    };
  }
}

