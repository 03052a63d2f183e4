interface Pixels {
  /** Red, green, blue and opacity of each, row by row. */
  data: Uint8ClampedArray
  width: number
  height: number
}

/** A narrower picture: each pixel is the mean of those it stands for, what is clear counting for nothing. */
export function shrink(picture: Pixels, width: number): Pixels {
  if (width >= picture.width) return picture
  const height = Math.max(1, Math.round((picture.height * width) / picture.width))
  const data = new Uint8ClampedArray(width * height * 4)
  const columns = edges(picture.width, width)
  const rows = edges(picture.height, height)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const to = (y * width + x) * 4
      meanInto(data, to, picture, columns[x] as number, columns[x + 1] as number, rows[y] as number, rows[y + 1] as number)
    }
  }
  return { data, width, height }
}

/** Where each of `to` parts of `from` pixels begins, and where the last ends. */
function edges(from: number, to: number): number[] {
  return Array.from({ length: to + 1 }, (_, index) => Math.floor((index * from) / to))
}

function meanInto(data: Uint8ClampedArray, to: number, from: Pixels, left: number, right: number, top: number, bottom: number): void {
  let [red, green, blue, opacity] = [0, 0, 0, 0]
  for (let y = top; y < bottom; y += 1) {
    for (let at = (y * from.width + left) * 4, end = (y * from.width + right) * 4; at < end; at += 4) {
      const seen = from.data[at + 3] as number
      red += (from.data[at] as number) * seen
      green += (from.data[at + 1] as number) * seen
      blue += (from.data[at + 2] as number) * seen
      opacity += seen
    }
  }
  if (opacity === 0) return
  data[to] = red / opacity
  data[to + 1] = green / opacity
  data[to + 2] = blue / opacity
  data[to + 3] = opacity / ((right - left) * (bottom - top))
}
