export { isOurs, originalsOf, type Sized, sizedOf } from './names.js'
export { filesOf, type GivenFile, handInPictures, type StoredFile } from './pictures.js'
export { makeHandedIn, makeRenditions } from './renditions.js'
