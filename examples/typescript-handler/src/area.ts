export interface Box {
  width: number;
  height: number;
}

export function areaOf({ width, height }: Box): number {
  const area = width * height;
  if (Number.isNaN(area)) throw new Error('a box has a width and a height');
  return area;
}
