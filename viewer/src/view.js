const MOST = 200; // px of the screen to a px of the picture

/** What of a picture is seen: the picture px (x, y) in the middle, at zoom px of the screen to a px of the picture. */
export class View {
  x = 0;
  y = 0;
  zoom = 1;
  fitted = true; // stays fitted when the window changes its size
  picture = { width: 1, height: 1 };
  area = { width: 1, height: 1 }; // px of the screen

  /** The zoom at which the picture fills the area. */
  get whole() {
    return Math.min(this.area.width / this.picture.width, this.area.height / this.picture.height, MOST);
  }

  get least() {
    return Math.min(this.whole, 1);
  }

  fit() {
    Object.assign(this, { x: this.picture.width / 2, y: this.picture.height / 2, zoom: this.whole, fitted: true });
  }

  resize(picture, area) {
    Object.assign(this, { picture, area });
    if (this.fitted) this.fit();
    else this.limit();
  }

  /** Multiplies the zoom. What is dx, dy px from the middle of the area stays there. */
  zoomBy(factor, dx = 0, dy = 0) {
    const old = this.zoom;
    this.zoom = Math.min(Math.max(old * factor, this.least), MOST);
    this.x += dx / old - dx / this.zoom;
    this.y += dy / old - dy / this.zoom;
    this.fitted = this.zoom === this.whole;
    this.limit();
  }

  moveBy(dx, dy) {
    this.x -= dx / this.zoom;
    this.y -= dy / this.zoom;
    this.fitted = false;
    this.limit();
  }

  /** Keeps the picture in the area: in the middle when it is smaller, without a gap at an edge when it is larger. */
  limit() {
    const { picture, area } = this;
    this.zoom = Math.min(Math.max(this.zoom, this.least), MOST);
    const within = (v, side, seen) => (seen >= side ? side / 2 : Math.min(Math.max(v, seen / 2), side - seen / 2));
    this.x = within(this.x, picture.width, area.width / this.zoom);
    this.y = within(this.y, picture.height, area.height / this.zoom);
  }
}
